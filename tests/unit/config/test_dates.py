"""What a profile calls the dated contracts of the paper market follows from today."""

from datetime import UTC, datetime

from config.dates import dates

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def test_they_are_called_as_their_venues_call_them() -> None:
    assert dates(NOW) == {"ODUM_SIM_DERIBIT_DATE": "24SEP27", "ODUM_SIM_CME_DATE": "M7"}
    later = datetime(2028, 1, 1, tzinfo=UTC)
    assert dates(later) == {"ODUM_SIM_DERIBIT_DATE": "29SEP28", "ODUM_SIM_CME_DATE": "M8"}

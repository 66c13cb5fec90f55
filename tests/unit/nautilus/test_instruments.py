"""Which of the node's instruments are traded here."""

from nautilus_trader.test_kit.providers import TestInstrumentProvider

from domain.instruments import InstrumentKind
from venues.nautilus.instruments import known_instruments


def test_pairs_and_perpetuals_are_known_and_a_contract_with_a_date_is_not() -> None:
    cached = [
        TestInstrumentProvider.btcusdt_binance(),
        TestInstrumentProvider.btcusdt_perp_binance(),
        TestInstrumentProvider.btcusdt_future_binance(),
        None,  # what the node does not have
    ]
    assert {name: one.kind for name, one in known_instruments(cached).items()} == {
        "BTCUSDT.BINANCE": InstrumentKind.SPOT,
        "BTCUSDT-PERP.BINANCE": InstrumentKind.PERPETUAL,
    }

"""The day of the venue ends at 08:00 UTC: then good-til-day orders end and instruments expire."""

from datetime import UTC, datetime, timedelta

ENDS = timedelta(hours=8)


def next_session_end_ns(now_ns: int) -> int:
    """The next end of a trading session."""
    now = datetime.fromtimestamp(now_ns // 10**9, UTC)
    end = datetime(now.year, now.month, now.day, tzinfo=UTC) + ENDS
    if end <= now:
        end += timedelta(days=1)
    return int(end.timestamp()) * 10**9

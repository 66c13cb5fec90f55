"""Where the gateway is, who we are there, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from venues.registry import VenueAccountConfig

DEFAULT_CLIENT_ID = 1
DEFAULT_MESSAGES_PER_S = 50
_LEAST_MESSAGES_PER_S = 10  # what is kept for cancels must leave something for orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`account` empty means the only account of the login. Times in seconds.

    TWS takes `messages_per_s` from a client: half of the user's market data lines, of which
    everybody has 100 at least (IBKR Campus, TWS API, Pacing Limitations).

    A submit is answered within milliseconds; one that is not is looked for after `look_after_s`,
    and `answer_s` bounds the wait.
    A line on which that many pings, one each `ping_every_s`, stay unanswered is dead. One on which
    TWS has been without IB for `offline_s` is given up.
    """

    venue: str
    account_id: str
    instrument_ids: tuple[str, ...]
    host: str
    port: int
    client_id: int
    account: str
    messages_per_s: int = DEFAULT_MESSAGES_PER_S
    connect_s: float = 3.0
    look_after_s: float = 0.5
    answer_s: float = 3.0
    question_s: float = 5.0
    ping_every_s: float = 1.0
    unanswered_pings: int = 3
    offline_s: float = 60.0
    retry_from_s: float = 0.2
    retry_up_to_s: float = 2.0

    @classmethod
    def of(cls, config: VenueAccountConfig) -> Settings:
        """Raises ValueError with what is wrong."""
        where = urlsplit(config.urls["tws"])
        if where.scheme != "tcp" or not where.hostname or not where.port:
            raise ValueError(f"urls: tws must look like tcp://host:port, got {config.urls['tws']}")
        return cls(
            venue=config.venue,
            account_id=config.account_id,
            instrument_ids=config.instrument_ids,
            host=where.hostname,
            port=where.port,
            client_id=_number(config, "client_id", DEFAULT_CLIENT_ID, least=1),
            account=config.options.get("account", ""),
            messages_per_s=_number(
                config, "messages_per_s", DEFAULT_MESSAGES_PER_S, least=_LEAST_MESSAGES_PER_S
            ),
        )


def _number(config: VenueAccountConfig, option: str, default: int, *, least: int) -> int:
    said = config.options.get(option, str(default))
    if not said.isdecimal() or int(said) < least:
        raise ValueError(f"options: {option} must be a number from {least}, got {said!r}")
    return int(said)

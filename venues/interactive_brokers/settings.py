"""Where the gateway is, who we are there, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from venues.registry import VenueAccountConfig

DEFAULT_CLIENT_ID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`account` empty means the only account of the login. Times in seconds.

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
        client_id = config.options.get("client_id", str(DEFAULT_CLIENT_ID))
        if not client_id.isdigit() or client_id == "0":
            raise ValueError(f"options: client_id must be a number from 1, got {client_id!r}")
        return cls(
            venue=config.venue,
            account_id=config.account_id,
            instrument_ids=config.instrument_ids,
            host=where.hostname,
            port=where.port,
            client_id=int(client_id),
            account=config.options.get("account", ""),
        )

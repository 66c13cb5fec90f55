"""The shape of a profile. ``config/loader.py`` fills it, ``config/checks.py`` checks it as a whole.

All models are frozen and refuse unknown keys: a misspelt limit must stop the start, not be ignored.
"""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.checks import CheckFailed, problems_of
from config.fields import (
    AccountName,
    Address,
    Amount,
    CallerKey,
    CertificatesFile,
    Count,
    Folder,
    Host,
    HttpUrl,
    InstrumentName,
    Name,
    Optional,
    OptionName,
    OptionValue,
    Port,
    ProcessName,
    ReadableFile,
    Secret,
    Seed,
    Some,
    StrategyName,
    VenueName,
    VenueUrl,
)
from config.system_roots import system_roots

type Mode = Literal["paper", "testnet", "live"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SizeLimits(_Section):
    """Sizes in the base asset."""

    max_order_size: Amount
    max_position_size: Amount


class RiskLimits(_Section):
    """Limits of the desk, over all accounts. Sizes are in the base asset. Amounts of money are in a
    currency of which one unit is one of each of ``par_currencies``; others count by what is quoted
    for them, an option as its underlying, and what has no rate is not traded.

    Orders a minute are counted by strategy. ``sizes_by_venue`` replaces the sizes where a venue's
    assets are of another order.
    """

    max_position_size: Amount
    max_orders_per_minute: Count
    max_exposure: Amount
    max_order_size: Amount
    max_order_notional: Amount
    price_collar_bps: Amount
    max_quote_age_ms: Count
    par_currencies: Some[Name] = ("USD", "USDT", "USDC")
    sizes_by_venue: dict[VenueName, SizeLimits] = {}


class RoutingSettings(_Section):
    """How an order without an explicit venue finds one.

    ``prefer_nautilus``: among the venues that NautilusTrader serves, as long as one of them can
    take the order; ``fallback_enabled``: else at any other. With ``prefer_nautilus`` false the
    best price decides, whoever serves the venue.
    """

    prefer_nautilus: bool = True
    fallback_enabled: bool = True


class TradingSettings(_Section):
    """What may be traded, by whom, and within which limits."""

    venues: Some[VenueName]
    strategies: Some[StrategyName]
    risk_limits: RiskLimits
    routing: RoutingSettings = RoutingSettings()
    send_deadline_ms: Count = 10_000


class PostgresSettings(_Section):
    """A PostgreSQL database: ours (``embedded``) or one that runs elsewhere.

    ``ssl_root_cert_file`` (PEM) holds the authorities to trust with ``verify-ca`` and
    ``verify-full``; without it those that this machine trusts.
    """

    host: Host = "127.0.0.1"
    port: Port = 5432
    database: Name
    user: Name
    password: Secret
    embedded: bool = False
    ssl: Literal["disable", "require", "verify-ca", "verify-full"] = "disable"
    ssl_root_cert_file: Optional[CertificatesFile] = None

    def dsn(self) -> str:
        """The connection URL that asyncpg and libpq read. It holds the password: never log it."""
        password = quote(self.password.get_secret_value(), safe="")
        host = f"[{self.host}]" if ":" in self.host else self.host
        address = f"{quote(self.user, safe='')}:{password}@{host}:{self.port}"
        dsn = f"postgresql://{address}/{quote(self.database, safe='')}?sslmode={self.ssl}"
        roots = self.trusted_roots()
        return f"{dsn}&sslrootcert={quote(str(roots), safe='/')}" if roots else dsn

    @property
    def verifies(self) -> bool:
        """Whether the server must show a certificate that we trust."""
        return self.ssl in ("verify-ca", "verify-full")

    def trusted_roots(self) -> Path | None:
        """The file of trusted authorities; None where none is needed, or this machine has none."""
        if not self.verifies:
            return None
        if self.ssl_root_cert_file is not None:
            return Path(self.ssl_root_cert_file)
        return system_roots()


class DatabaseSettings(_Section):
    """Where facts are kept."""

    postgres: PostgresSettings


class TemporalTlsSettings(_Section):
    """Files (PEM) and server name for TLS to Temporal. All empty: TLS with the system's roots."""

    server_root_ca_cert_file: Optional[CertificatesFile] = None
    client_cert_file: Optional[CertificatesFile] = None
    client_key_file: Optional[ReadableFile] = None
    domain: Optional[str] = None


class TemporalSettings(_Section):
    """A Temporal server: ours (``embedded``, a dev server with its UI) or one that runs elsewhere.

    ``ui_port`` is the port of the embedded server's UI; nothing else reads it.
    """

    address: Address
    namespace: Name = "default"
    embedded: bool = False
    ui_port: Port = 8233
    tls: TemporalTlsSettings | None = None
    api_key: Optional[Secret] = None

    @property
    def host(self) -> str:
        """Host part of ``address``."""
        return self.address.rpartition(":")[0]

    @property
    def port(self) -> int:
        """Port part of ``address``."""
        return int(self.address.rpartition(":")[2])


class ApiKeySettings(_Section):
    """One caller of the API. ``strategies`` are those it may trade for; ``*`` means all."""

    name: Name
    key: CallerKey
    strategies: Some[StrategyName]
    role: Literal["operator", "strategy"] = "strategy"
    expires_at: Optional[AwareDatetime] = None


class ApiSettings(_Section):
    """Where the API listens and who may call it. No keys: paper generates one under ODUM_HOME."""

    host: Host = "127.0.0.1"
    port: Port = 8001
    keys: tuple[ApiKeySettings, ...] = ()


class StrategyServiceSettings(_Section):
    """The service that sends orders. Its ``api_key`` opens the API, for every strategy.

    ``url`` is accepted and checked, but nothing is sent there yet: ask the API for what becomes of
    an order.
    """

    url: Optional[HttpUrl] = None
    api_key: CallerKey


class VenueSettings(_Section):
    """One venue account. Which ``credentials``, ``urls`` and ``options`` it needs, its module under
    ``venues/`` declares; they are checked against that before anything starts. ``process`` gives it
    a worker process of its own, so that neither its start nor its end touches other venues.
    """

    account_id: AccountName
    credentials: dict[OptionName, Secret] = {}
    urls: dict[OptionName, VenueUrl]
    options: dict[OptionName, OptionValue] = {}
    environment: Literal["LIVE", "TESTNET", "DEMO"] = "LIVE"
    process: Optional[ProcessName] = None
    instruments: Some[InstrumentName]


class SimulatorSettings(_Section):
    """The simulated venues, each on a port of ``host``, on one seeded market.

    ``tape`` names a folder of recorded market data to play instead of the seeded market. ``roomy``
    puts the venues' rate limits out of the way: benches and paper trading would stop at the real
    ones long before they learn anything. Without it they are the venues' own.
    """

    host: Host = "127.0.0.1"
    admin_port: Port
    seed: Seed = 1
    tape: Optional[Folder] = None
    roomy: bool = True
    ports: dict[VenueName, Port]


class BenchSettings(_Section):
    """The bare road: the same order steps without durability, for `odum bench` to compare with.

    Each venue worker that has a port here, by the name of its process, serves one.
    """

    bare_road_ports: dict[ProcessName, Port]


class Settings(BaseSettings):
    """A whole profile. The file is its only source: variables count where the file names them."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    mode: Mode
    trading: TradingSettings
    database: DatabaseSettings
    temporal: TemporalSettings
    api: ApiSettings = ApiSettings()
    strategy_service: StrategyServiceSettings | None = None
    venues: dict[VenueName, VenueSettings]
    simulators: SimulatorSettings | None = None
    bench: BenchSettings | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave out the environment: ``MODE=live`` in a shell must not switch a paper profile."""
        return (init_settings,)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if problems := problems_of(self):
            raise CheckFailed(problems)
        return self

"""What is listed: stocks, two futures of each year and a currency pair, with IB's own contract ids
where known."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.dated_contracts import CME_JUNE, FIRST_YEAR
from venues.simulators.instruments import Instrument, Kind

D = Decimal
MAX_OPEN_ORDERS = 10_000
EASTERN, CENTRAL = "US/Eastern", "US/Central"
_STOCK_EXCHANGES = "SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A contract as IB describes it. ``size_step`` is what the details say, which for stocks is
    finer than what the API takes (error 10243). ``price_magnifier`` is 100 where prices are in
    cents: ``multiplier`` and ``min_tick`` are told in dollars then, and those of ``instrument`` are
    per unit of price."""

    con_id: int
    symbol: str
    sec_type: str
    exchange: str
    primary: str
    currency: str
    local_symbol: str
    trading_class: str
    long_name: str
    valid_exchanges: str
    time_zone: str
    market_rule: int
    size_step: Decimal
    instrument: Instrument
    expiry: str = ""
    contract_month: str = ""
    multiplier: str = ""
    price_magnifier: int = 1
    under_con_id: int = 0
    under_sec_type: str = ""
    stock_type: str = ""
    isin: str = ""

    @property
    def name(self) -> str:
        """The symbol of the exchange and the ledger."""
        return self.instrument.symbol

    @property
    def min_tick(self) -> Decimal:
        """In the currency."""
        return self.instrument.tick / self.price_magnifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A contract as a client describes it; empty texts and zero leave it open."""

    con_id: int
    symbol: str
    sec_type: str
    expiry: str
    multiplier: str
    exchange: str
    currency: str
    local_symbol: str
    trading_class: str
    security_id_type: str = ""
    security_id: str = ""

    def with_security_id(self, kind: str, number: str) -> "Wanted":
        """The same, by a number that others gave the security."""
        return replace(self, security_id_type=kind, security_id=number)

    def fits(self, listed: Listed) -> bool:
        """Whether a listed contract is what the client may mean."""
        if self.con_id:
            return self.con_id == listed.con_id and self._reaches(listed)
        pairs = (
            (self.symbol, listed.symbol),
            (self.sec_type, listed.sec_type),
            (self.currency, listed.currency),
            (self.local_symbol, listed.local_symbol),
            (self.trading_class, listed.trading_class),
            (self.multiplier, listed.multiplier),
        )
        if self.security_id and (self.security_id_type, self.security_id) != ("ISIN", listed.isin):
            return False
        named = bool(self.symbol or self.local_symbol or self.security_id)
        same = all(wanted in ("", has) for wanted, has in pairs)
        return named and same and listed.expiry.startswith(self.expiry) and self._reaches(listed)

    def _reaches(self, listed: Listed) -> bool:
        return self.exchange in ("", *listed.valid_exchanges.split(","))


def _instrument(
    symbol: str, base: str, tick: str, start: str, level_size: str, **more: object
) -> Instrument:
    return Instrument(
        symbol=symbol,
        base=base,
        quote="USD",
        tick=D(tick),
        step=D(1),
        min_price=D(tick),
        max_price=D("1000000"),
        min_quantity=D(1),
        max_quantity=D("10000000"),
        max_market_quantity=D("10000000"),
        min_notional=D(0),
        max_open_orders=MAX_OPEN_ORDERS,
        band_up=D(10),
        band_down=D("0.1"),
        price_decimals=5,
        quantity_decimals=0,
        start_price=D(start),
        basis=D(0),
        level_size=D(level_size),
        **more,  # type: ignore[arg-type]
    )


def _stock(symbol: str, con_id: int, long_name: str, isin: str, start: str) -> Listed:
    return Listed(
        con_id=con_id,
        symbol=symbol,
        sec_type="STK",
        exchange="SMART",
        primary="NASDAQ",
        currency="USD",
        local_symbol=symbol,
        trading_class="NMS",
        long_name=long_name,
        valid_exchanges=_STOCK_EXCHANGES,
        time_zone=EASTERN,
        market_rule=26,
        size_step=D("0.0001"),
        stock_type="COMMON",
        isin=isin,
        instrument=_instrument(symbol, symbol, "0.01", start, "500", kind=Kind.STOCK),
    )


def _e_mini(expiry: datetime) -> Listed:
    """The contract of a year. The number of the first one is IB's own."""
    name = f"ES{CME_JUNE.suffix(expiry)}"
    return Listed(
        con_id=730283094 + expiry.year - FIRST_YEAR,
        symbol="ES",
        sec_type="FUT",
        exchange="CME",
        primary="",
        currency="USD",
        local_symbol=name,
        trading_class="ES",
        long_name="E-mini S&P 500",
        valid_exchanges="CME,QBALGO",
        time_zone=CENTRAL,
        market_rule=67,
        size_step=D(1),
        expiry=f"{expiry:%Y%m%d}",
        contract_month=f"{expiry:%Y%m}",
        multiplier="50",
        under_con_id=11004968,
        under_sec_type="IND",
        instrument=_instrument(
            name,
            "ES",
            "0.25",
            "6500",
            "50",
            kind=Kind.LINEAR,
            multiplier=D(50),
            expires_ns=int(expiry.timestamp()) * 1_000_000_000,
        ),
    )


def _corn(year: int) -> Listed:
    """The December contract of a year, priced in cents a bushel; its numbers are ours. Source: CME,
    Corn Futures Contract Specs: 5000 bushels, steps of a quarter of a cent, until noon of the
    business day before the 15th."""
    name = f"ZCZ{year % 10}"
    last = datetime(year, 12, 14, 18, 1, tzinfo=UTC)
    last -= timedelta(days=max(0, last.weekday() - calendar.FRIDAY))
    return Listed(
        con_id=999_000_000 + year,
        symbol="ZC",
        sec_type="FUT",
        exchange="CBOT",
        primary="",
        currency="USD",
        local_symbol=name,
        trading_class="ZC",
        long_name="Corn Futures",
        valid_exchanges="CBOT,QBALGO",
        time_zone=CENTRAL,
        market_rule=999,
        size_step=D(1),
        expiry=f"{last:%Y%m%d}",
        contract_month=f"{last:%Y%m}",
        multiplier="5000",
        price_magnifier=100,
        under_con_id=999_000_000,
        under_sec_type="IND",
        instrument=_instrument(
            name,
            "ZC",
            "0.25",
            "445",
            "50",
            kind=Kind.LINEAR,
            multiplier=D(50),
            expires_ns=int(last.timestamp()) * 1_000_000_000,
        ),
    )


EXPIRIES = CME_JUNE.listed(datetime.now(UTC))
FUTURE = f"ES{CME_JUNE.suffix(EXPIRIES[-1])}"
"""The one that has long enough to go."""
CORN = f"ZCZ{EXPIRIES[-1].year % 10}"

LISTED: tuple[Listed, ...] = (
    _stock("AAPL", 265598, "APPLE INC", "US0378331005", "190"),
    _stock("MSFT", 272093, "MICROSOFT CORP", "US5949181045", "420"),
    *map(_e_mini, EXPIRIES),
    *(_corn(expiry.year) for expiry in EXPIRIES),
    Listed(
        con_id=12087792,
        symbol="EUR",
        sec_type="CASH",
        exchange="IDEALPRO",
        primary="",
        currency="USD",
        local_symbol="EUR.USD",
        trading_class="EUR.USD",
        long_name="European Monetary Union Euro",
        valid_exchanges="IDEALPRO",
        time_zone=EASTERN,
        market_rule=239,
        size_step=D(1),
        instrument=_instrument("EURUSD", "EUR", "0.00005", "1.1", "1000000", kind=Kind.FOREX),
    ),
)
INSTRUMENTS = {listed.name: listed.instrument for listed in LISTED}
BY_NAME = {listed.name: listed for listed in LISTED}
RULES = {listed.market_rule: listed.min_tick for listed in LISTED}


def matching(wanted: Wanted) -> Sequence[Listed]:
    """The listed contracts that a description fits."""
    return [listed for listed in LISTED if wanted.fits(listed)]

"""The figures of the account, by the tags that IB gives them."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from venues.simulators.ib.profit import Profit
from venues.simulators.instruments import Kind
from venues.simulators.matching import ZERO
from venues.simulators.unified_account import UnifiedAccount

BASE = "USD"
ALL_IN_BASE = "BASE"
CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
BUYING_POWER_TIMES = 4
LEDGER = "$LEDGER"

type Row = tuple[str, str, str]
"""Tag, value and currency."""

_NONE_OF_IT = (
    "AccruedCash",
    "OptionMarketValue",
    "FutureOptionValue",
    "FundValue",
    "NetDividend",
    "MutualFundValue",
    "MoneyMarketFundValue",
    "CorporateBondValue",
    "TBondValue",
    "TBillValue",
    "WarrantValue",
    "FxCashBalance",
    "IssuerOptionValue",
)


class AccountValues:
    """The account that all clients of the simulated TWS trade; ``number`` is how IB calls it."""

    def __init__(self, number: str, account: UnifiedAccount, profit: Profit) -> None:
        self.number = number
        self._account = account
        self._profit = profit

    def rows(self) -> Iterator[Row]:
        """The account as a whole. Margin is one: initial, maintenance, overnight and as of now."""
        account = self._account
        # Other currencies come from forex trades, whose positions settle in the base currency.
        equity, cash = account.equity(BASE), account.cash(BASE)
        margin = account.position_margin(BASE) + account.order_margin(BASE)
        gross, free = self._gross(), equity - margin
        yield "AccountType", "INDIVIDUAL", ""
        yield "AccountCode", self.number, ""
        yield "AccountReady", "true", ""
        for tag, amount in (
            ("NetLiquidation", equity),
            ("TotalCashValue", cash),
            ("SettledCash", cash),
            ("AccruedCash", ZERO),
            ("BuyingPower", free * BUYING_POWER_TIMES),
            ("EquityWithLoanValue", equity),
            ("PreviousDayEquityWithLoanValue", equity - self._profit.total().daily),
            ("GrossPositionValue", gross),
            ("RegTEquity", equity),
            ("RegTMargin", margin),
            ("SMA", free),
            *((f"{when}InitMarginReq", margin) for when in ("", "Full", "LookAhead")),
            *((f"{when}MaintMarginReq", margin) for when in ("", "Full", "LookAhead")),
            *((f"{when}AvailableFunds", free) for when in ("", "Full", "LookAhead")),
            *((f"{when}ExcessLiquidity", free) for when in ("", "Full", "LookAhead")),
        ):
            yield tag, _cents(amount), BASE
        yield "Cushion", str((free / equity).quantize(MILLIONTH) if equity else ZERO), ""
        yield "Leverage", _cents(gross / equity if equity else ZERO), ""
        yield "LookAheadNextChange", "0", ""
        yield "HighestSeverity", "0", ""
        for day in ("", "T+1", "T+2", "T+3", "T+4"):
            yield f"DayTradesRemaining{day}", "-1", ""  # no limit

    def ledger(self) -> Iterator[Row]:
        """Cash and positions by currency, and of all currencies together in the base one."""
        yield from self._ledger_of(ALL_IN_BASE)
        for asset in sorted(self._account.balances):
            yield from self._ledger_of(asset)

    def chosen(self, tags: Collection[str]) -> list[Row]:
        """What a summary asks for: tags, and the ledger in the base currency (``$LEDGER``), in one
        (``$LEDGER:EUR``) or in all (``$LEDGER:ALL``)."""
        asked = {tag.removeprefix(LEDGER).strip(":") for tag in tags if tag.startswith(LEDGER)}
        currencies = {currency or ALL_IN_BASE for currency in asked}
        rows = [row for row in self.rows() if row[0] in tags]
        return rows + [row for row in self.ledger() if {"ALL", row[2]} & currencies]

    def _ledger_of(self, currency: str) -> Iterator[Row]:
        account, total = self._account, currency == ALL_IN_BASE
        cash = sum((self._in_base(asset) for asset in account.balances), ZERO)
        if not total:
            cash = account.cash(currency)
        has_positions = currency in (ALL_IN_BASE, BASE)
        stocks = self._worth(Kind.STOCK) if has_positions else ZERO
        futures = self._unrealized(Kind.LINEAR) if has_positions else ZERO
        profit = self._profit.total()
        yield "Currency", currency, currency
        for tag, amount in (
            ("CashBalance", cash),
            ("TotalCashBalance", cash),
            ("StockMarketValue", stocks),
            ("FuturesPNL", futures),
            ("NetLiquidationByCurrency", cash + stocks + futures),
            ("UnrealizedPnL", profit.unrealized if has_positions else ZERO),
            ("RealizedPnL", profit.realized if has_positions else ZERO),
            *((tag, ZERO) for tag in _NONE_OF_IT),
        ):
            yield tag, _cents(amount), currency
        yield "ExchangeRate", str(Decimal(1) if total else self._rate(currency)), currency
        yield "RealCurrency", BASE if total else currency, currency
        yield "AccountOrGroup", self.number, currency

    def _gross(self) -> Decimal:
        held = self._account.positions.values()
        marks = self._account.mark
        return sum((abs(p.value(marks(p.instrument.symbol))) for p in held), ZERO)

    def _worth(self, kind: Kind) -> Decimal:
        held = [p for p in self._account.positions.values() if p.instrument.kind is kind]
        return sum((p.value(self._account.mark(p.instrument.symbol)) for p in held), ZERO)

    def _unrealized(self, kind: Kind) -> Decimal:
        held = [p for p in self._account.positions.values() if p.instrument.kind is kind]
        return sum((p.unrealized(self._account.mark(p.instrument.symbol)) for p in held), ZERO)

    def _in_base(self, asset: str) -> Decimal:
        return self._account.cash(asset) * self._rate(asset)

    def _rate(self, asset: str) -> Decimal:
        return Decimal(1) if asset == BASE else self._account.mark(f"{asset}{BASE}")


def _cents(amount: Decimal) -> str:
    return str(amount.quantize(CENT))

"""What the API says of the account: values, portfolio, positions and summary."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from venues.simulators.ib.listings import BY_NAME, Listed
from venues.simulators.ib.wire_format import Field
from venues.simulators.net_position import NetPosition
from venues.simulators.unified_account import UnifiedAccount

BASE = "USD"
CENT = Decimal("0.01")


class AccountBook:
    """The account that all clients of the simulated TWS trade; ``number`` is how IB calls it."""

    def __init__(self, number: str, account: UnifiedAccount) -> None:
        self.number = number
        self.account = account

    def values(self) -> Iterator[tuple[str, str, str]]:
        """Tag, value and currency, as account updates and the summary tell them."""
        account = self.account
        # Other currencies come from forex trades, whose positions settle in the base currency.
        equity = _cents(account.equity(BASE))
        margin = _cents(account.position_margin(BASE) + account.order_margin(BASE))
        yield "AccountType", "INDIVIDUAL", ""
        yield "AccountCode", self.number, ""
        yield "AccountReady", "true", ""
        for tag, amount in (
            ("NetLiquidation", equity),
            ("EquityWithLoanValue", equity),
            ("TotalCashValue", _cents(account.cash(BASE))),
            ("AvailableFunds", equity - margin),
            ("ExcessLiquidity", equity - margin),
            ("BuyingPower", (equity - margin) * 4),
            ("InitMarginReq", margin),
            ("MaintMarginReq", margin),
            ("GrossPositionValue", _cents(self._gross())),
        ):
            yield tag, str(amount), BASE

    def ledger(self) -> Iterator[tuple[str, str, str]]:
        """Cash by currency: the tags of ``$LEDGER:ALL``."""
        for asset in sorted(self.account.balances):
            cash = str(_cents(self.account.cash(asset)))
            yield "Currency", asset, asset
            yield "CashBalance", cash, asset
            yield "TotalCashBalance", cash, asset
            yield "ExchangeRate", str(self._rate(asset)), asset

    def positions(self) -> Iterator[tuple[Listed, NetPosition]]:
        """What has traded, closed positions too."""
        for symbol, position in self.account.positions.items():
            yield BY_NAME[symbol], position

    def position_message(self, listed: Listed, position: NetPosition) -> Sequence[Field]:
        """position; the average cost includes the multiplier."""
        cost = position.entry_price * position.instrument.multiplier
        return (
            *(61, 3, self.number, listed.con_id, listed.symbol, listed.sec_type, listed.expiry),
            *("0.0", "", listed.multiplier, listed.primary, listed.currency),
            *(listed.local_symbol, listed.trading_class, position.amount, cost),
        )

    def portfolio_message(self, listed: Listed, position: NetPosition) -> Sequence[Field]:
        """updatePortfolio: a position with its worth."""
        mark = self.account.mark(listed.name)
        cost = position.entry_price * position.instrument.multiplier
        return (
            *(7, 8, listed.con_id, listed.symbol, listed.sec_type, listed.expiry, "0.0", ""),
            *(listed.multiplier, listed.primary, listed.currency, listed.local_symbol),
            *(listed.trading_class, position.amount, mark, position.value(mark), cost),
            *(position.unrealized(mark), position.realized, self.number),
        )

    def _gross(self) -> Decimal:
        held = self.account.positions.values()
        return sum((abs(p.value(self.account.mark(p.instrument.symbol))) for p in held), Decimal(0))

    def _rate(self, asset: str) -> Decimal:
        return Decimal(1) if asset == BASE else self.account.mark(f"{asset}{BASE}")


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)

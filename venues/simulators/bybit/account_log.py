"""What trades did to an account's money: the transaction log and the profit of what was closed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import ApiError
from venues.simulators.bybit.ids import execution_id, order_id
from venues.simulators.bybit.instruments import FEES, INSTRUMENTS, PRODUCTS, Product, products_in
from venues.simulators.bybit.limits import query
from venues.simulators.bybit.order_rows import SIDE_WORDS, link_id, plain
from venues.simulators.bybit.paging import DAY_MS, page_of, span_of
from venues.simulators.cash_log import CashMove, cash_moves
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.instruments import Kind
from venues.simulators.matching import ZERO, Side
from venues.simulators.orders import Fill, Order
from venues.simulators.unified_account import UnifiedAccount

TRADE = "TRADE"
"""The only type of transaction: no funding is paid here, and nothing is moved in or out."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the log; ``size`` is the position right after it, ``number`` its place in a trade
    that moved two currencies."""

    move: CashMove
    size: Decimal
    number: int


@dataclass(slots=True)
class _Closing:
    """What one order closed of a position."""

    order: Order
    size: Decimal = ZERO
    entry_value: Decimal = ZERO
    exit_value: Decimal = ZERO
    open_fee: Decimal = ZERO
    close_fee: Decimal = ZERO
    profit: Decimal = ZERO
    fills: int = 0
    updated_ns: int = 0


class AccountLog:
    """The past of an account, from its fills."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints by REST path."""
        lists = {
            "/v5/account/transaction-log": self.transactions,
            "/v5/position/closed-pnl": self.closed,
        }
        return {
            ("GET", path): Endpoint(handler, query(path), Action.QUERY)
            for path, handler in lists.items()
        }

    def transactions(self, call: Call) -> Reply:
        """One line a trade and currency, newest first: of a day, unless a span is named."""
        params = call.params
        start_ms, end_ms = span_of(call, DAY_MS)
        category = params.category() if "category" in params else None
        currency, base = params.optional("currency"), params.optional("baseCoin")
        kind = params.optional("type") or TRADE

        def is_wanted(entry: _Entry) -> bool:
            product = PRODUCTS[entry.move.fill.symbol]
            return (
                kind == TRADE
                and entry.move.fill.time_ns // 1_000_000 <= end_ms
                and category in (None, product.category)
                and currency in (None, entry.move.asset)
                and base in (None, product.instrument.base)
            )

        entries = filter(is_wanted, self._entries(call.account, start_ms))
        page = page_of(call, entries, lambda e: (e.move.fill.trade_id, e.number), 20, 50)
        listed = [self._transaction(entry) for entry in page.entries]
        return Reply({"nextPageCursor": page.cursor, "list": listed})

    def closed(self, call: Call) -> Reply:
        """One line an order that closed something, newest first."""
        category = call.params.category()
        if category.is_spot:
            raise ApiError(10001, "Illegal category")
        start_ms, end_ms = span_of(call)
        chosen = call.params.optional("symbol")
        closings = [
            closing
            for product in products_in(category)
            if chosen in (None, product.symbol)
            for closing in self._closings(call.account, product)
            if start_ms <= closing.updated_ns // 1_000_000 <= end_ms
        ]
        closings.sort(key=_place, reverse=True)
        page = page_of(call, closings, _place, 50, 100)
        listed = [self._closed_row(call.account, closing) for closing in page.entries]
        named = {"category": category.value, "nextPageCursor": page.cursor}
        return Reply({**named, "list": listed})

    def _entries(self, name: str, start_ms: int) -> Iterator[_Entry]:
        account = self._exchange.state.accounts[name]
        assert isinstance(account, UnifiedAccount)
        cash = {asset: account.cash(asset) for asset in account.balances}
        sizes = {symbol: held.amount for symbol, held in account.positions.items()}
        fills = self._exchange.state.orders.newest_fills(name, PRODUCTS)
        told: Fill | None = None
        for move in cash_moves(fills, INSTRUMENTS, cash):
            fill = move.fill
            if fill.time_ns // 1_000_000 < start_ms:
                return
            is_first = fill is not told
            if told is not None and is_first and told.symbol in sizes:
                sizes[told.symbol] -= told.quantity if told.side is Side.BUY else -told.quantity
            yield _Entry(move, sizes.get(fill.symbol, ZERO), int(is_first))
            told = fill

    def _transaction(self, entry: _Entry) -> dict[str, Any]:
        move, fill = entry.move, entry.move.fill
        product, order = PRODUCTS[fill.symbol], self._order(fill)
        spot = product.category.is_spot
        rate = FEES[product.instrument.kind].rate(is_maker=fill.is_maker)
        return {
            "id": f"1_{product.symbol}_{fill.trade_id}{entry.number}",
            "symbol": product.symbol,
            "category": product.category.value,
            "side": SIDE_WORDS[fill.side],
            "transactionTime": str(fill.time_ns // 1_000_000),
            "type": TRADE,
            "transSubType": "",
            "qty": plain(move.amount if spot else fill.quantity),
            "size": "0" if spot else plain(entry.size),
            "currency": move.asset,
            "tradePrice": product.price(fill.price),
            "funding": "",
            "fee": plain(move.fee),
            "cashFlow": plain(move.amount),
            "change": plain(move.amount - move.fee),
            "cashBalance": plain(move.balance),
            "feeRate": plain(rate),
            "bonusChange": "",
            "tradeId": execution_id(product.category, fill.trade_id),
            "orderId": order_id(product.category, fill.order_id),
            "orderLinkId": link_id(order),
            "extraFees": "",
        }

    def _closings(self, name: str, product: Product) -> list[_Closing]:
        """By order. The fee of opening goes with the share of the position that is closed.

        What was open before the first known fill is taken to have cost none.
        """
        account = self._exchange.state.accounts[name]
        assert isinstance(account, UnifiedAccount)
        fills = self._exchange.state.orders.fills(name, product.name)
        traded = sum((f.quantity if f.side is Side.BUY else -f.quantity for f in fills), ZERO)
        size, open_fees = account.position(product.name).amount - traded, ZERO
        closings: dict[int, _Closing] = {}
        for fill in fills:
            share = fill.closed / abs(size) if fill.closed else ZERO
            paid, open_fees = open_fees * share, open_fees * (1 - share)
            close_fee = fill.fee * fill.closed / fill.quantity
            open_fees += fill.fee - close_fee
            size += fill.quantity if fill.side is Side.BUY else -fill.quantity
            if fill.closed:
                closing = closings.setdefault(fill.order_id, _Closing(self._order(fill)))
                closing.size += fill.closed
                closing.exit_value += product.instrument.value(fill.price, fill.closed)
                closing.entry_value += _entry_value(product, fill)
                closing.open_fee += paid
                closing.close_fee += close_fee
                closing.profit += fill.realized_pnl
                closing.fills += 1
                closing.updated_ns = fill.time_ns
        return list(closings.values())

    def _closed_row(self, name: str, closing: _Closing) -> dict[str, Any]:
        order = closing.order
        product = PRODUCTS[order.symbol]
        account = self._exchange.state.accounts[name]
        assert isinstance(account, UnifiedAccount)
        entry = _average(product, closing.size, closing.entry_value)
        left = _average(product, closing.size, closing.exit_value)
        return {
            "symbol": product.symbol,
            "orderId": order_id(product.category, order.order_id),
            "side": SIDE_WORDS[order.side],
            "qty": product.quantity(order.quantity),
            "orderPrice": product.price(order.price or left),
            "orderType": "Limit" if order.type.has_limit_price else "Market",
            "execType": "Trade",
            "closedSize": product.quantity(closing.size),
            "cumEntryValue": plain(closing.entry_value),
            "avgEntryPrice": plain(entry),
            "cumExitValue": plain(closing.exit_value),
            "avgExitPrice": plain(left),
            "closedPnl": plain(closing.profit - closing.open_fee - closing.close_fee),
            "fillCount": str(closing.fills),
            "leverage": str(account.leverage_of(product.name)),
            "openFee": plain(closing.open_fee),
            "closeFee": plain(closing.close_fee),
            "createdTime": str(order.created_ns // 1_000_000),
            "updatedTime": str(closing.updated_ns // 1_000_000),
        }

    def _order(self, fill: Fill) -> Order:
        order = self._exchange.state.orders.get(fill.order_id)
        assert order is not None, "a fill outlives its order"
        return order


def _place(closing: _Closing) -> tuple[int, int]:
    return closing.updated_ns, closing.order.order_id


def _entry_value(product: Product, fill: Fill) -> Decimal:
    """What the closed part was worth when it was entered: its exit tells, less the profit."""
    worth = product.instrument.value(fill.price, fill.closed)
    gains_with_worth = (fill.side is Side.SELL) != (product.instrument.kind is Kind.INVERSE)
    return worth - fill.realized_pnl if gains_with_worth else worth + fill.realized_pnl


def _average(product: Product, size: Decimal, value: Decimal) -> Decimal:
    """The mean price at which a size has a value: harmonic for inverse contracts."""
    whole = size * product.instrument.multiplier
    return whole / value if product.instrument.kind is Kind.INVERSE else value / whole

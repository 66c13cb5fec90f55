"""The account's past: bills and closed positions."""

from collections.abc import Iterator
from typing import Any

from venues.simulators.cash_log import CashMove, cash_moves
from venues.simulators.exchange import Exchange
from venues.simulators.okx.account_rows import plain, position_id
from venues.simulators.okx.calls import Call, Endpoint, Routes
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.history import ARCHIVE_KEPT_NS, MS, ORDERS_KEPT_NS, page
from venues.simulators.okx.ids import bill_id, client_id
from venues.simulators.okx.instruments import INSTRUMENTS, SPOT, SWAP, type_of
from venues.simulators.okx.position_history import PastPosition, past_positions
from venues.simulators.okx.selection import symbols_of

TRADE = "2"
"""The bill type of a trade: nothing else moves money here."""

_BOUGHT, _SOLD = "1", "2"
_PARTLY, _WHOLLY = "1", "2"


class AccountHistory:
    """What became of an account's money."""

    def __init__(self, exchange: Exchange, feed: Feed) -> None:
        self._exchange = exchange
        self._feed = feed

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/account/bills"): Endpoint(self.bills, 10),
            ("GET", "/api/v5/account/bills-archive"): Endpoint(self.bills_archive, 10),
            ("GET", "/api/v5/account/positions-history"): Endpoint(self.positions, 10),
        }

    def bills(self, call: Call) -> list[dict[str, Any]]:
        """The last seven days."""
        return self._bills(call, ORDERS_KEPT_NS)

    def bills_archive(self, call: Call) -> list[dict[str, Any]]:
        """The last three months."""
        return self._bills(call, ARCHIVE_KEPT_NS)

    def positions(self, call: Call) -> list[dict[str, Any]]:
        """Positions that were closed, wholly or in part, of the last three months."""
        params = call.params
        params.choice("mgnMode", {"cross": "cross", "": ""}, "")
        kind, named = params.get("type"), params.get("posId")
        after, before = params.integer("after"), params.integer("before")
        rows = [
            (past.updated_ns // MS, self._position_row(call.account, past))
            for past in self._past(call)
            if call.now_ns - past.updated_ns <= ARCHIVE_KEPT_NS
        ]
        chosen = [
            (updated_ms, row)
            for updated_ms, row in rows
            if kind in ("", row["type"])
            and named in ("", row["posId"])
            and (after is None or updated_ms < after)
            and (before is None or updated_ms > before)
        ]
        chosen.sort(key=lambda entry: entry[0], reverse=True)
        return [row for _, row in chosen[: params.limit()]]

    def _bills(self, call: Call, kept_ns: int) -> list[dict[str, Any]]:
        params = call.params
        symbols = set(symbols_of(params))
        ccy, sub = params.get("ccy"), params.get("subType")
        kind = params.get("type")
        moves = [
            (number, move)
            for number, move in self._moves(call, kept_ns)
            if move.fill.symbol in symbols
            and ccy in ("", move.asset)
            and kind in ("", TRADE)
            and sub in ("", _sub_type(move))
        ]
        chosen = page(moves, params, lambda entry: entry[0], lambda entry: entry[1].fill.time_ns)
        return [self._bill_row(number, move) for number, move in chosen]

    def _moves(self, call: Call, kept_ns: int) -> Iterator[tuple[int, CashMove]]:
        """Bill ids and what they stand for, latest first: two for each spot trade."""
        account = self._feed.account(call.account)
        cash = {asset: account.cash(asset) for asset in account.balances}
        fills = self._exchange.state.orders.newest_fills(call.account, INSTRUMENTS)
        told = None
        for move in cash_moves(fills, INSTRUMENTS, cash):
            if call.now_ns - move.fill.time_ns > kept_ns:
                return
            another_follows = (
                move.fill is not told and type_of(INSTRUMENTS[move.fill.symbol]) == SPOT
            )
            yield bill_id(move.fill) + another_follows, move
            told = move.fill

    def _past(self, call: Call) -> Iterator[PastPosition]:
        account = self._feed.account(call.account)
        for symbol in symbols_of(call.params):
            if type_of(INSTRUMENTS[symbol]) == SWAP:
                fills = self._exchange.state.orders.fills(call.account, symbol)
                amount = account.position(symbol).amount
                yield from past_positions(INSTRUMENTS[symbol], amount, fills)

    def _bill_row(self, number: int, move: CashMove) -> dict[str, Any]:
        fill = move.fill
        order = self._exchange.state.orders.get(fill.order_id)
        assert order is not None
        inst_type = type_of(INSTRUMENTS[fill.symbol])
        spot = inst_type == SPOT
        empty = "earnAmt earnApr fillFwdPx fillMarkPx fillMarkVol fillPxUsd fillPxVol from notes to"
        return {
            **dict.fromkeys(empty.split(), ""),
            "bal": plain(move.balance),
            "balChg": plain(move.amount - move.fee),
            "billId": str(number),
            "ccy": move.asset,
            "clOrdId": client_id(order),
            "execType": "M" if fill.is_maker else "T",
            "fee": plain(-move.fee),
            "fillIdxPx": plain(fill.price),
            "fillTime": str(fill.time_ns // MS),
            "instId": fill.symbol,
            "instType": inst_type,
            "interest": "0",
            "mgnMode": "cash" if spot else "cross",
            "ordId": str(fill.order_id),
            "pnl": plain(fill.realized_pnl),
            "posBal": "0",
            "posBalChg": "0",
            "px": plain(fill.price),
            "subType": _sub_type(move),
            "sz": plain(abs(move.amount) if spot else fill.quantity),
            "tag": order.venue_terms.get("tag", ""),
            "tradeId": str(fill.trade_id),
            "ts": str(fill.time_ns // MS),
            "type": TRADE,
        }

    def _position_row(self, name: str, past: PastPosition) -> dict[str, Any]:
        symbol = past.instrument.symbol
        leverage = self._feed.account(name).leverage_of(symbol)
        entered = past.instrument.value(past.open_price, past.closed)
        return {
            "cTime": str(past.opened_ns // MS),
            "ccy": past.instrument.settle,
            "closeAvgPx": plain(past.close_price),
            "closeTotalPos": plain(past.closed),
            "direction": "long" if past.is_long else "short",
            "fee": plain(-past.fee),
            "fundingFee": "0",
            "instId": symbol,
            "instType": SWAP,
            "lever": str(leverage),
            "liqPenalty": "0",
            "mgnMode": "cross",
            "nonSettleAvgPx": "",
            "openAvgPx": plain(past.open_price),
            "openMaxPos": plain(past.largest),
            "pnl": plain(past.profit),
            "pnlRatio": plain(past.profit / entered * leverage),
            "posId": position_id(symbol),
            "posSide": "net",
            "realizedPnl": plain(past.profit - past.fee),
            "settledPnl": "",
            "triggerPx": "",
            "type": _WHOLLY if past.is_over else _PARTLY,
            "uTime": str(past.updated_ns // MS),
            "uly": f"{past.instrument.base}-{past.instrument.quote}",
        }


def _sub_type(move: CashMove) -> str:
    return _BOUGHT if move.fill.side == "BUY" else _SOLD

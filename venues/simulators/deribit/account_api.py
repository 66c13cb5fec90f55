"""Positions, margins and account summaries."""

from decimal import Decimal
from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params, not_simulated
from venues.simulators.deribit.instruments import CURRENCIES, KINDS, KNOWN_CURRENCIES, LISTINGS
from venues.simulators.deribit.limits import Credits
from venues.simulators.deribit.messages import USER_ID
from venues.simulators.deribit.position_messages import position_message
from venues.simulators.deribit.self_trading import chosen_by
from venues.simulators.matching import ZERO, Side

OPENED_MS = 1_687_352_432_143
USER_NAME = "user"


class AccountApi:
    """What an account holds."""

    def __init__(self, desk: Desk, limits: Credits) -> None:
        self._desk = desk
        self._limits = limits

    def methods(self) -> Methods:
        """By name."""
        return {
            "private/get_positions": Method(self._positions),
            "private/get_position": Method(self._position),
            "private/get_account_summary": Method(self._summary),
            "private/get_account_summaries": Method(self._summaries),
            "private/get_margins": Method(self._margins),
            "private/get_order_margin_by_ids": Method(self._order_margins),
            "private/get_subaccounts": Method(self._subaccounts),
            "private/get_user_locks": Method(lambda call: _locks()),
        }

    def _positions(self, call: Call) -> list[dict[str, Any]]:
        currency = call.params.choice("currency", "any", ("any", *KNOWN_CURRENCIES))
        kind = call.params.choice("kind", "any", KINDS)
        account = self._desk.account(call.account)
        return [
            self.position(call.account, symbol)
            for symbol in account.positions
            if currency in ("any", LISTINGS[symbol].instrument.settle)
            and kind in ("any", LISTINGS[symbol].kind)
            and self._desk.state_of(LISTINGS[symbol]) == "open"
        ]

    def _position(self, call: Call) -> dict[str, Any]:
        name = self._desk.listing(call.params.text("instrument_name")).name
        return self.position(call.account, name)

    def _summary(self, call: Call) -> dict[str, Any]:
        currency = call.params.text("currency")
        if currency not in CURRENCIES:
            raise invalid_params("currency", "invalid currency")
        _check_own(call)
        summary = self.summary(call.account, currency)
        return summary | (self._owner(call.account) if call.params.flag("extended") else {})

    def _summaries(self, call: Call) -> dict[str, Any]:
        _check_own(call)
        summaries = [self.summary(call.account, currency) for currency in CURRENCIES]
        return {**self._owner(call.account), "summaries": summaries}

    def _margins(self, call: Call) -> dict[str, Any]:
        """What an order of that size would take, each way."""
        params = call.params
        listing = self._desk.listing(params.text("instrument_name"))
        amount, price = params.number("amount"), params.number("price")
        if amount <= 0 or price <= 0:
            raise invalid_params("amount" if amount <= 0 else "price", "must be greater than 0")
        account = self._desk.account(call.account)
        lowest, highest = listing.limits(self._desk.mark(listing.name))
        return {
            "buy": account.margin_for(listing.name, Side.BUY, amount, price),
            "sell": account.margin_for(listing.name, Side.SELL, amount, price),
            "min_price": lowest,
            "max_price": highest,
        }

    def _order_margins(self, call: Call) -> list[dict[str, Any]]:
        account, rows = self._desk.account(call.account), list[dict[str, Any]]()
        for order_id in call.params.texts("ids"):
            order, _ = self._desk.find(call.account, order_id)
            rows.append(
                {
                    "order_id": order_id,
                    "initial_margin": account.held_for(order.order_id),
                    "initial_margin_currency": LISTINGS[order.symbol].instrument.settle,
                }
            )
        return rows

    def _subaccounts(self, call: Call) -> list[dict[str, Any]]:
        """The main account, and no others."""
        owner = self._owner(call.account)
        shown = ("id", "email", "system_name", "username", "type", "login_enabled")
        row = {name: owner[name] for name in shown} | {
            "security_keys_enabled": False,
            "security_keys_assignments": [],
            "receive_notifications": False,
            "is_password": True,
            "margin_model": "segregated_sm",
        }
        if call.params.flag("with_portfolio"):
            row["portfolio"] = {
                currency.lower(): self._portfolio(call.account, currency) for currency in CURRENCIES
            }
        return [row]

    def _portfolio(self, name: str, currency: str) -> dict[str, Any]:
        summary = self.summary(name, currency)
        shown = (
            "available_funds",
            "available_withdrawal_funds",
            "balance",
            "equity",
            "initial_margin",
            "maintenance_margin",
            "margin_balance",
            "spot_reserve",
        )
        of_currency = {"currency": currency.lower(), "additional_reserve": ZERO}
        return of_currency | {key: summary[key] for key in shown}

    def summary(self, name: str, currency: str) -> dict[str, Any]:
        """One currency of an account."""
        account = self._desk.account(name)
        equity = account.equity(currency)
        margin = account.position_margin(currency) + account.order_margin(currency)
        profit = account.unrealized_pnl(currency)
        return {
            "currency": currency,
            "balance": account.cash(currency),
            "equity": equity,
            "margin_balance": equity,
            "available_funds": account.available(currency),
            "available_withdrawal_funds": account.available(currency),
            "initial_margin": margin,
            "maintenance_margin": margin / 2,
            "projected_initial_margin": margin,
            "projected_maintenance_margin": margin / 2,
            "session_upl": profit,
            "session_rpl": ZERO,
            "total_pl": profit,
            "futures_pl": profit,
            "futures_session_upl": profit,
            "futures_session_rpl": ZERO,
            "options_pl": ZERO,
            "options_session_upl": ZERO,
            "options_session_rpl": ZERO,
            "options_value": ZERO,
            "options_delta": ZERO,
            "options_gamma": ZERO,
            "options_theta": ZERO,
            "options_vega": ZERO,
            "delta_total": self._delta(name, currency),
            "projected_delta_total": self._delta(name, currency),
            "spot_reserve": ZERO,
            "fee_balance": ZERO,
            "margin_model": "segregated_sm",
            "cross_collateral_enabled": False,
            "portfolio_margining_enabled": False,
            "limits": self._limits.described(),
        }

    def _delta(self, name: str, currency: str) -> Decimal:
        account = self._desk.account(name)
        held = [p for p in account.positions.values() if p.instrument.settle == currency]
        return sum((p.value(self._desk.mark(p.instrument.symbol)) for p in held if p.amount), ZERO)

    def position(self, name: str, symbol: str) -> dict[str, Any]:
        """A position of an account."""
        account = self._desk.account(name)
        return position_message(
            account.position(symbol),
            account.mark(symbol),
            self._desk.index(symbol),
            account.margin_of(symbol) if account.position(symbol).amount else ZERO,
            account.leverage_of(symbol),
        )

    def _owner(self, account: str) -> dict[str, Any]:
        return {
            "id": USER_ID,
            "email": "user@example.com",
            "system_name": USER_NAME,
            "username": USER_NAME,
            "type": "main",
            "creation_timestamp": OPENED_MS,
            "referrer_id": None,
            "login_enabled": True,
            "security_keys_enabled": False,
            "mmp_enabled": False,
            "interuser_transfers_enabled": False,
            **chosen_by(self._desk.exchange, account),
        }


def _check_own(call: Call) -> None:
    """There are no subaccounts to ask about."""
    if call.params.integer_or("subaccount_id", USER_ID) != USER_ID:
        raise not_simulated("subaccount_id")


def _locks() -> list[dict[str, Any]]:
    """Nothing is ever locked here."""
    return [{"currency": currency, "locked": False} for currency in CURRENCIES]

"""Positions and account summaries."""

from decimal import Decimal
from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import CURRENCIES, KNOWN_CURRENCIES, LISTINGS
from venues.simulators.deribit.limits import Credits
from venues.simulators.deribit.messages import USER_ID, position_message
from venues.simulators.deribit.trading import KINDS
from venues.simulators.matching import ZERO

OPENED_MS = 1_687_352_432_143


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
        ]

    def _position(self, call: Call) -> dict[str, Any]:
        name = self._desk.listing(call.params.text("instrument_name")).name
        return self.position(call.account, name)

    def _summary(self, call: Call) -> dict[str, Any]:
        currency = call.params.text("currency")
        if currency not in CURRENCIES:
            raise invalid_params("currency", "invalid currency")
        summary = self.summary(call.account, currency)
        return summary | (_owner() if call.params.flag("extended") else {})

    def _summaries(self, call: Call) -> dict[str, Any]:
        summaries = [self.summary(call.account, currency) for currency in CURRENCIES]
        return {**_owner(), "summaries": summaries}

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


def _owner() -> dict[str, Any]:
    return {
        "id": USER_ID,
        "email": "user@example.com",
        "system_name": "user",
        "username": "user",
        "type": "main",
        "creation_timestamp": OPENED_MS,
        "referrer_id": None,
        "login_enabled": True,
        "security_keys_enabled": False,
        "mmp_enabled": False,
        "interuser_transfers_enabled": False,
        "self_trading_reject_mode": "cancel_maker",
        "self_trading_extended_to_subaccounts": False,
    }

"""What clients may ask about contracts and their exchanges."""

from collections.abc import Callable
from dataclasses import dataclass

from venues.simulators.ib import errors
from venues.simulators.ib.answering import Answer, Handlers
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.contract_messages import (
    contract_details,
    depth_exchanges,
    market_rule,
    smart_components,
    symbol_samples,
)
from venues.simulators.ib.listings import LISTED, RULES, matching
from venues.simulators.ib.tickets import read_contract
from venues.simulators.ib.top_feed import BBO_EXCHANGE
from venues.simulators.ib.wire_format import Fields

MOST_SAMPLES = 16


@dataclass(frozen=True, slots=True)
class ContractRequests:
    """``is_open`` says whether the market is, ``away`` whether no contract can be found now."""

    is_open: Callable[[], bool]
    away: Callable[[], bool]

    def handlers(self) -> Handlers:
        """Handlers by message."""
        return {
            9: self.details,
            78: self.option_chains,
            81: self.matching_symbols,
            82: self.depth_exchanges,
            83: self.smart_components,
            91: self.rule,
        }

    def details(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Every contract that a description fits."""
        fields.skip(1)
        request_id = fields.integer()
        wanted = read_contract(fields)
        fields.skip(1)  # includeExpired
        found = matching(wanted.with_security_id(fields.text(), fields.text()))
        if not found or self.away():
            raise errors.no_such_contract()
        is_open = self.is_open()
        for listed in found:
            yield contract_details(listed, request_id, client.version, now_ns, is_open=is_open)
        yield (52, 1, request_id)

    def matching_symbols(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Contracts whose symbol or name begins so."""
        request_id, pattern = fields.integer(), fields.text().upper()
        if self.away():
            raise errors.no_such_contract()
        found = [
            listed
            for listed in LISTED
            if pattern
            and (listed.symbol.startswith(pattern) or pattern in listed.long_name.upper())
        ]
        yield symbol_samples(request_id, found[:MOST_SAMPLES], client.version)

    def option_chains(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """No options are listed: the chain of a contract that is known is empty."""
        request_id = fields.integer()
        fields.skip(3)  # symbol, exchange of options on futures, kind
        con_id = fields.integer()
        known = any(con_id in (listed.con_id, listed.under_con_id) for listed in LISTED)
        if not known or self.away():
            raise errors.invalid("Invalid contract id")
        yield (76, request_id)

    def depth_exchanges(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Where there is market depth."""
        yield depth_exchanges()

    def smart_components(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """What the letters of a quote's exchanges mean."""
        request_id, asked = fields.integer(), fields.text()
        if asked != BBO_EXCHANGE:
            raise errors.invalid("Invalid BBO exchange")
        yield smart_components(request_id)

    def rule(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """The steps of prices."""
        rule_id = fields.integer()
        if rule_id not in RULES:
            raise errors.invalid(f"Unknown market rule {rule_id}")
        yield market_rule(rule_id, RULES[rule_id])

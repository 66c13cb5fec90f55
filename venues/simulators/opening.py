"""Opening an exchange on its ledger: the first time, and every time after."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from venues.simulators.accounts import Account
from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument
from venues.simulators.ledger import CONTINUED, Ledger, Record, read_recent
from venues.simulators.state import State

type Balances = Mapping[str, Mapping[str, Decimal]]
type MakeAccount = Callable[[str, Mapping[str, Decimal], Mapping[str, Decimal]], Account]
"""Makes an account from its name, its first balances and the live mark prices."""


def open_exchange(
    path: Path,
    instruments: Mapping[str, Instrument],
    first_balances: Balances,
    make_account: MakeAccount,
    now_ns: int,
) -> Exchange:
    """The exchange that a ledger tells of; a new ledger starts with ``first_balances``.

    Of a long ledger only the last parts are read: what had ended before is not remembered.

    Ids start from the second in which the ledger began. A venue whose ledger was thrown away thus
    never issues an id twice, which would look like a duplicate to those who remember it.
    """
    ledger = Ledger(path)
    records = read_recent(path)
    first = next(records, None)
    if first is None:
        first = _started(first_balances, now_ns)
        ledger.append(first)
        ledger.flush()
    marks: dict[str, Decimal] = {}
    state = State(_accounts(first, make_account, marks), first["first_id"])
    if first["event"] == CONTINUED:
        state.carry(first)
    state.replay(records)
    # Public trades between others are not in the ledger, and they used up ids too.
    state.next_trade_id = max(state.next_trade_id, _first_id(now_ns))
    exchange = Exchange(instruments, state, ledger, marks)
    exchange.resume(now_ns)
    return exchange


def _first_id(now_ns: int) -> int:
    return now_ns // 1_000_000_000 * 1000


def _accounts(
    first: Record, make_account: MakeAccount, marks: Mapping[str, Decimal]
) -> dict[str, Account]:
    """The accounts as the first line tells them."""
    carried: Mapping[str, Record] = first.get("accounts", {})
    balances = first.get("balances") or {name: one["balances"] for name, one in carried.items()}
    accounts: dict[str, Account] = {}
    for name, assets in balances.items():
        amounts = {asset: Decimal(amount) for asset, amount in assets.items()}
        accounts[name] = make_account(name, amounts, marks)
        if name in carried:
            accounts[name].carry(carried[name])
    return accounts


def _started(first_balances: Balances, now_ns: int) -> Record:
    balances = {
        name: {asset: str(amount) for asset, amount in account.items()}
        for name, account in first_balances.items()
    }
    first_id = _first_id(now_ns)
    return {"event": "started", "t": now_ns, "first_id": first_id, "balances": balances}

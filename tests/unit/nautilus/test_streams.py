"""Streams are brought back with patience, and missed quotes are told from quiet markets."""

import asyncio
from itertools import pairwise

import pytest
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.model.objects import Price, Quantity

from venues.nautilus.market_board import MarketBoard
from venues.nautilus.market_streams import Silence
from venues.nautilus.streams import UserStreamKeeper, bring_back

BUSY, QUIET = "BTCUSDT.BINANCE_SPOT", "ETHUSDT.BINANCE_SPOT"


class Refused:
    """A user stream that connects and is not let in, until the `good` attempt."""

    heard_at = 0.0
    has_answered = True
    is_given_up = True

    def __init__(self, good: int) -> None:
        self.good = good
        self.attempts = 0

    @property
    def is_live(self) -> bool:
        return self.attempts >= self.good

    async def probe(self) -> None:
        pass

    async def renew(self) -> None:
        self.attempts += 1
        if self.attempts < self.good:
            raise ConnectionError("logon refused")
        self.is_given_up = False


async def test_a_stream_that_is_not_let_in_is_tried_again_after_growing_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """300 connections in 5 minutes, and the venue bans the address."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr("venues.nautilus.streams.asyncio.sleep", note)
    stream = Refused(good=8)
    await bring_back(stream.renew, UserStreamKeeper("V", stream)._is_back, "V")
    assert stream.attempts == 8
    assert slept == sorted(slept), "the pauses do not grow"
    assert sum(slept) / len(slept) >= 2
    assert max(slept) <= 4, "too long to be back within ten seconds of the venue"


def quoted(board: MarketBoard, name: str, ts_ns: int) -> None:
    one = Price.from_str("1"), Quantity.from_str("1")
    board.put_quote(
        QuoteTick(InstrumentId.from_str(name), one[0], one[0], one[1], one[1], ts_ns, ts_ns)
    )


class Market:
    """One stream's quotes over time, looked at twice a second."""

    def __init__(self, *names: str) -> None:
        self.board = MarketBoard()
        self.board.expected = frozenset(names)
        self.now = 0.0
        self.silence = Silence(self.board, lambda _: True, self.now)

    def passes(self, seconds: float, *busy: str) -> list[tuple[float, str]]:
        """What was missed, and when; each time the stream is connected anew, which begins with a
        quote of everything."""
        found: list[tuple[float, str]] = []
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            for name in busy:
                quoted(self.board, name, int(self.now * 1e9))
            missing = self.silence.look(self.now)
            if missing is not None:
                found.append((self.now, missing))
                self.silence.renewed(self.now, connected=True)
                for name in self.board.expected:
                    quoted(self.board, name, int(self.now * 1e9) + 1)
        return found


def test_quotes_that_come_are_not_missed() -> None:
    assert Market(BUSY).passes(120, BUSY) == []


def test_a_stream_without_any_quote_is_missed_within_six_seconds() -> None:
    market = Market(BUSY, QUIET)
    assert market.passes(10, BUSY, QUIET) == []
    [(when, _), *_] = market.passes(10)
    assert when <= 16


def test_one_instrument_that_stays_away_is_missed_while_the_others_talk() -> None:
    """Its subscription was lost, also where it never came."""
    market = Market(BUSY, QUIET)
    [(when, missing), *_] = market.passes(30, BUSY)
    assert (missing, when <= 21) == (QUIET, True)


def test_a_market_that_is_quiet_by_itself_is_left_alone_more_and_more() -> None:
    """To connect anew interrupts the others; what every subscription begins with is no life."""
    hours = Market(BUSY, QUIET).passes(3600, BUSY)
    assert len(hours) <= 10
    gaps = [after - before for (before, _), (after, _) in pairwise(hours)]
    assert gaps == sorted(gaps)


def test_a_quote_of_an_instrument_that_nobody_expects_is_no_sign_of_life() -> None:
    market = Market(BUSY)
    assert market.passes(10, QUIET), "the stream was judged by another stream's quotes"


def test_a_stream_that_cannot_be_connected_is_tried_again_as_soon() -> None:
    market = Market(BUSY)
    for start in range(0, 60, 6):
        assert market.silence.look(start + 5.5) is not None
        market.silence.renewed(start + 6, connected=False)


def test_the_board_knows_when_each_instrument_was_quoted_last() -> None:
    board = MarketBoard()
    quoted(board, BUSY, 7)
    assert (board.last_ns(BUSY), board.last_ns(QUIET)) == (7, 0)

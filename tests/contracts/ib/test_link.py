"""The pieces of the link that need no venue: its greeting, its questions, and what goes wrong."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.outcomes import Unknown
from tests.contracts.ib.samples import OURS, details
from tests.contracts.venues.ib import BENCH
from venues.interactive_brokers.contracts import traded
from venues.interactive_brokers.greeting import Greeting
from venues.interactive_brokers.known_orders import KnownOrder
from venues.interactive_brokers.link import Link, Served
from venues.interactive_brokers.messages import CommissionSaid, ErrorSaid, Gone, Said, Ticket
from venues.interactive_brokers.pacing import Turn
from venues.interactive_brokers.session import Session
from venues.interactive_brokers.settings import Settings
from venues.interactive_brokers.tws import Tws
from venues.port import VenueUnreachable

UNSET = "1.7976931348623157E308"
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def greeting(text: bytes) -> bytes:
    return len(text).to_bytes(4) + text


# --- the greeting ---


@pytest.mark.parametrize(("hours", "zone"), [(0, "GMT"), (-5, "EST"), (9, "Japan Standard Time")])
def test_the_day_begins_at_midnight_on_the_clock_of_tws(hours: int, zone: str) -> None:
    now = datetime.now(UTC)
    clock = now + timedelta(hours=hours)
    told = Greeting()
    for byte in greeting(f"178\0{clock:%Y%m%d %H:%M:%S} {zone}\0".encode()):
        told.hear(bytes([byte]))
    began = told.day_began(now)
    midnight = clock.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    assert midnight <= began <= midnight + timedelta(seconds=5)


def test_a_clock_that_nobody_can_read_may_have_struck_midnight_just_now() -> None:
    told = Greeting()
    told.hear(greeting(b"178\0\xd6\xd0\xb9\xfa\0"))
    assert told.day_began(NOON + timedelta(minutes=29)) == NOON + timedelta(minutes=15)


def test_each_session_has_its_own_greeting() -> None:
    told = Greeting()
    told.hear(greeting(b"178\00020261126 12:00:00 EST\0"))
    told.expect()
    assert told.day_began(NOON + timedelta(minutes=1)) == NOON


# --- what the library decodes ---


@pytest.mark.parametrize(("text", "commission"), [(UNSET, None), ("1.5", Decimal("1.5"))])
def test_a_commission_that_is_not_set_is_none(text: str, commission: Decimal | None) -> None:
    heard: list[Said] = []
    tws = Tws(heard.append, lambda key, item: None, lambda key: None)
    tws._client.decoder.interpret(["59", "1", "a.b.01.01", text, "USD", UNSET, UNSET, ""])
    assert heard == [CommissionSaid(exec_id="a.b.01.01", commission=commission, currency="USD")]


async def test_a_long_list_is_decoded_a_piece_at_a_time_and_in_order() -> None:
    """Everything else on the loop goes on meanwhile; what a broken line has left is not lost."""
    times: list[int] = []
    tws = Tws(lambda said: None, lambda key, item: times.append(item), lambda key: None)
    client = tws._client
    client._serverVersion, client._apiReady = 178, True
    count = 5000
    messages = [f"49\x001\x00{number}\0".encode() for number in range(count)]
    client._onSocketHasData(b"".join(len(one).to_bytes(4) + one for one in messages))
    at_first = len(times)
    await asyncio.sleep(0)
    assert 0 < at_first < len(times) < count
    client._onSocketDisconnected("")
    assert times == list(range(count))


# --- the end of a socket ---


async def test_what_is_sent_just_after_the_socket_has_ended_is_in_doubt() -> None:
    """The link notices at its next turn; nobody may find it up, and the client gone, until then."""
    ours = settings()
    session = Session(ours)
    known = KnownOrder(ref=OURS, status="Submitted", order_id=1, client_id=ours.client_id)
    order = Ticket(
        action="BUY",
        quantity=Decimal(1),
        order_type="MKT",
        tif="GTC",
        account="DU1",
        order_ref=OURS,
    )
    future = traded("ESM7.IB", details())
    session.link.up.set()
    session.link._on_message(Gone())
    commands = session.commands
    assert isinstance(await commands.submit(future, order), Unknown)
    assert isinstance(await commands.amend(known, future, order), Unknown)
    assert isinstance(await commands.cancel(known), Unknown)
    assert isinstance(await commands.cancel_all(), Unknown)


# --- questions ---


class Nobody(Served):
    """A session that does nothing; `begun` is what beginning comes to, time after time."""

    def __init__(self, *begun: BaseException) -> None:
        self._begun: Iterator[BaseException] = iter(begun)
        self.tries = 0

    def hear(self, said: Said) -> None: ...

    async def begin(self) -> None:
        self.tries += 1
        for error in self._begun:
            raise error

    def gone(self) -> None: ...

    def lost(self, reason: str) -> None: ...

    def restored(self) -> None: ...

    def alive(self) -> None: ...


def settings(**times: float) -> Settings:
    return replace(Settings.of(BENCH.config(1)), **times)  # type: ignore[arg-type]


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tws, "is_ready", property(lambda tws: True))


@pytest.mark.usefixtures("ready")
async def test_a_long_answer_is_waited_for_as_long_as_it_goes_on() -> None:
    link = Link(settings(question_s=0.4), Nobody())
    asked = asyncio.create_task(link.ask(1, lambda: None))
    for number in range(20):
        await asyncio.sleep(0.05)
        link.questions.answered(1, number)
    link.questions.ended(1)
    assert await asked == list(range(20))


@pytest.mark.usefixtures("ready")
async def test_silence_is_no_answer() -> None:
    link = Link(settings(question_s=0.05), Nobody())
    with pytest.raises(VenueUnreachable):
        await link.ask(1, lambda: None)


@pytest.mark.usefixtures("ready")
async def test_a_question_that_is_refused_leaves_everything_unknown() -> None:
    link = Link(settings(), Nobody())

    def refuse() -> None:
        link.questions.refused(ErrorSaid(request_id=1, code=322, text="Error processing request"))

    with pytest.raises(VenueUnreachable, match="322"):
        await link.ask(1, refuse)


@pytest.mark.usefixtures("ready")
async def test_a_line_that_answers_is_kept_however_many_commands_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pull of executions asks for the time, and the pings wait for the same answer: behind the
    commands they would count as unanswered."""
    link = Link(settings(ping_every_s=0.3), Nobody())

    def answer() -> None:
        link.questions.answered("time", int(time.time()))
        link.questions.ended("time")

    monkeypatch.setattr(link.tws, "ask_time", answer)
    waiting = [asyncio.create_task(link.pacing.turn(Turn.COMMAND)) for _ in range(100)]
    await asyncio.sleep(0)
    waiting.append(asyncio.create_task(link.caught_up()))
    serving = asyncio.create_task(link._serve())
    await asyncio.wait({serving}, timeout=1.2)
    assert not serving.done()
    for task in (serving, *waiting):
        task.cancel()
    await asyncio.gather(serving, *waiting, return_exceptions=True)


async def test_whatever_breaks_a_session_the_next_one_is_dialled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def connect(tws: Tws, *where: object) -> None: ...

    monkeypatch.setattr(Tws, "connect", connect)
    served = Nobody(KeyError("no time zone found"), ZeroDivisionError())
    link = Link(settings(retry_from_s=0.01), served)
    link.start()
    async with asyncio.timeout(5):
        await link.up.wait()
    assert served.tries == 3
    await link.stop()

"""Messages of the TWS socket: a length of four bytes, then texts that each end with a NUL.

A client begins with ``API\\0`` and one length-prefixed text without a NUL: the versions it speaks.
"""

import asyncio
import re
import struct
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

GREETING = b"API\0"
LONGEST = 1 << 20
UNSET_DOUBLE = "1.7976931348623157E308"
UNSET_INTEGER = "2147483647"

UNSET = frozenset({"", UNSET_DOUBLE.lower(), "1.7976931348623157e+308", UNSET_INTEGER})
"""How clients write a number that is not set, in lower case."""

type Field = str | int | Decimal | bool | None
type Message = Sequence[Field]

# Beyond these a number is a mistake, and exact arithmetic on it would not be exact any more.
_LARGEST, _SMALLEST, _LONGEST_NUMBER = Decimal("1e15"), Decimal("1e-15"), 40
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


class Malformed(ValueError):
    """A message that cannot be read; the text says which field."""


def encode(fields: Message) -> bytes:
    """One message with its length. A missing value is an empty text."""
    body = "".join(f"{_text(field)}\0" for field in fields).encode()
    return struct.pack(">I", len(body)) + body


async def read_greeting(reader: asyncio.StreamReader) -> str:
    """What a client says first: ``v157..178``, perhaps with options behind. Raises Malformed."""
    if await reader.readexactly(len(GREETING)) != GREETING:
        raise Malformed("this is no TWS client: it does not begin with API")
    return (await _read_frame(reader)).decode(errors="replace")


async def read_fields(reader: asyncio.StreamReader) -> list[str]:
    """The texts of the next message. Raises Malformed, and IncompleteReadError at the end."""
    return (await _read_frame(reader)).decode(errors="replace").split("\0")[:-1]


async def _read_frame(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack(">I", await reader.readexactly(4))
    if length > LONGEST:
        raise Malformed(f"a message of {length} bytes")
    return await reader.readexactly(length)


class Fields:
    """Reads the texts of a message in their order."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._next = 0

    def text(self) -> str:
        """The next text. Raises Malformed when there is none."""
        if self._next == len(self._texts):
            raise Malformed(f"the message ends after {self._next} fields")
        self._next += 1
        return self._texts[self._next - 1]

    def integer(self) -> int:
        """The next text as a whole number; zero when it is empty or unset."""
        text = self.text()
        return read_integer(text, f"field {self._next}")

    def peek_integer(self, place: int) -> int | None:
        """The text at a place as a whole number, read or not; None where there is none."""
        return whole(self._texts[place]) if place < len(self._texts) else None

    def flag(self) -> bool:
        """The next text as yes or no."""
        return is_yes(self.text())

    def decimal(self) -> Decimal | None:
        """The next text as a number; None when it is unset."""
        text = self.text()
        return read_decimal(text, f"field {self._next}")

    def skip(self, count: int) -> None:
        """Pass over texts that nobody here reads."""
        for _ in range(count):
            self.text()


def read_integer(text: str, what: str) -> int:
    """A text as a whole number, zero when it is empty or unset. Raises Malformed."""
    if text.lower() in UNSET:
        return 0
    number = whole(text)
    if number is None:
        raise Malformed(f"{what} should be a whole number, got {text[:50]!r}")
    return number


def read_decimal(text: str, what: str) -> Decimal | None:
    """A text as a number, None when it is unset. Raises Malformed."""
    if text.lower() in UNSET:
        return None
    try:
        value = Decimal(text[:_LONGEST_NUMBER])
    except InvalidOperation:
        value = Decimal("nan")
    within = not value or _SMALLEST <= abs(value) <= _LARGEST if value.is_finite() else False
    if len(text) > _LONGEST_NUMBER or not within:
        raise Malformed(f"{what} should be a number, got {text[:50]!r}")
    return value


def is_yes(text: str) -> bool:
    """Whether a text says yes."""
    return text in ("1", "true")


def whole(text: str) -> int | None:
    """A text as a whole number; None where it is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def _text(field: Field) -> str:
    match field:
        case None:
            return ""
        case bool():
            return "1" if field else "0"
        case Decimal():
            return f"{field.normalize():f}"
        case _:
            return str(field)

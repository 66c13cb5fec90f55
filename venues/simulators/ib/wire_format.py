"""Messages of the TWS socket: a length of four bytes, then texts that each end with a NUL.

A client begins with ``API\\0`` and one length-prefixed text without a NUL: the versions it speaks.
"""

import asyncio
import struct
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

GREETING = b"API\0"
LONGEST = 1 << 20
UNSET_DOUBLE = "1.7976931348623157E308"
UNSET_INTEGER = "2147483647"

type Field = str | int | Decimal | bool | None

_UNSET = frozenset({"", UNSET_DOUBLE.lower(), "1.7976931348623157e+308", UNSET_INTEGER})


class Malformed(ValueError):
    """A message that cannot be read; the text says which field."""


def encode(fields: Sequence[Field]) -> bytes:
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
        if text.lower() in _UNSET:
            return 0
        try:
            return int(text)
        except ValueError:
            raise Malformed(f"field {self._next} should be a whole number, got {text!r}") from None

    def peek_integer(self, place: int) -> int:
        """The text at a place as a whole number, read or not; -1 where there is none."""
        text = self._texts[place] if place < len(self._texts) else ""
        return int(text) if text.isdigit() else -1

    def flag(self) -> bool:
        """The next text as yes or no."""
        return self.text() in ("1", "true")

    def decimal(self) -> Decimal | None:
        """The next text as a number; None when it is unset."""
        text = self.text()
        if text.lower() in _UNSET:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise Malformed(f"field {self._next} should be a number, got {text!r}") from None
        if not value.is_finite():
            raise Malformed(f"field {self._next} should be finite, got {text!r}")
        return value

    def skip(self, count: int) -> None:
        """Pass over texts that nobody here reads."""
        for _ in range(count):
            self.text()


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

"""The options by which a person says an order's terms; the same for orders and for legs."""

from collections.abc import Mapping

from console.cli.errors import CliError, ExitCode
from domain.orders import OrderType


def order_type_of(given: OrderType | None, terms: Mapping[str, object]) -> OrderType:
    """The type that was named, or the plainest one that has these terms."""
    if given is not None:
        return given
    if terms.get("trailing_offset") is not None:
        return OrderType.TRAILING_STOP_MARKET
    if terms.get("trigger_price") is not None:
        return OrderType.STOP_LIMIT if terms.get("price") is not None else OrderType.STOP_MARKET
    return OrderType.LIMIT if terms.get("price") is not None else OrderType.MARKET


def leg(text: str) -> dict[str, object]:
    """A leg as `LIMIT price=103000` or `STOP_MARKET trigger_price=98000 reduce_only=true`."""
    name, *pairs = text.split() or [""]
    if not name:
        raise CliError("A leg must say its terms, as in 'LIMIT price=103000'.", ExitCode.BAD_INPUT)
    terms: dict[str, object] = {"order_type": name.upper()}
    for pair in pairs:
        term, separator, value = pair.partition("=")
        if not separator:
            raise CliError(
                f"{pair!r} is no term of a leg; write name=value, as in "
                "'STOP_MARKET trigger_price=98000'.",
                ExitCode.BAD_INPUT,
            )
        terms[term] = value == "true" if value in ("true", "false") else value
    return terms


def in_capitals(name: str | None) -> str | None:
    """The name of a venue or an instrument as the API knows it, however it was typed."""
    return None if name is None else name.upper()


def said(**terms: object) -> dict[str, object]:
    """Those that were given."""
    return {name: value for name, value in terms.items() if value not in (None, False)}

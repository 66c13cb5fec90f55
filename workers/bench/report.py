"""What a bench run says, from what was sent and what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from console.cli.errors import CliError
from domain.identifiers import venue_client_id
from workers.bench.load import HTTP_CREATED, Sent

FIRST_LEG = 1


@dataclass(frozen=True, slots=True)
class Report:
    """Milliseconds from POST to the answer that carries the venue's acknowledgement; None where
    nothing was acknowledged.

    `drift` is the median of the last quarter over that of the first: above 1.5 a queue grows.
    `lost` were answered with 2xx and are not in the venue's ledger, `doubled` are in it twice.
    """

    venue: str
    rate: float
    achieved_rate: float
    sent: int
    errors: int
    lost: int
    doubled: int
    unfinished: int
    p50_ms: float | None
    p99_ms: float | None
    bare_p50_ms: float | None
    bare_p99_ms: float | None
    ratio_p50: float | None
    ratio_p99: float | None
    drift: float | None
    cancel_p50_ms: float | None
    cancel_p99_ms: float | None
    cancel_ratio_p50: float | None
    cancel_errors: int
    first_error: str | None


@dataclass(frozen=True, slots=True)
class Cancels:
    """Milliseconds of those that reached the venue's wire, and why the others did not."""

    took_ms: Sequence[float] = ()
    failures: Sequence[CliError] = ()


def make_report(
    venue: str,
    rate: float,
    elapsed_s: float,
    durable: Sequence[Sent],
    bare: Sequence[Sent],
    cancels: Cancels,
    unfinished: int,
    at_venue: Counter[str],
) -> Report:
    """`at_venue`: how many orders the venue's ledger has under each client order id."""
    acked = [sent.took_ms for sent in durable if sent.status == HTTP_CREATED]
    bare_acked = [sent.took_ms for sent in bare if sent.status == HTTP_CREATED]
    counts = [
        at_venue[venue_client_id(sent.order_id, FIRST_LEG)]
        for sent in durable
        if sent.status == HTTP_CREATED
    ]
    quarter = max(1, len(acked) // 4)
    failed = failures(durable, cancels)
    p50, p99 = percentile(acked, 0.5), percentile(acked, 0.99)
    bare_p50, bare_p99 = percentile(bare_acked, 0.5), percentile(bare_acked, 0.99)
    cancel_p50 = percentile(cancels.took_ms, 0.5)
    return Report(
        venue=venue,
        rate=rate,
        achieved_rate=round(len(durable) / elapsed_s, 2),
        sent=len(durable),
        errors=sum(sent.status != HTTP_CREATED for sent in durable),
        lost=sum(count == 0 for count in counts),
        doubled=sum(count > 1 for count in counts),
        unfinished=unfinished,
        p50_ms=_rounded(p50),
        p99_ms=_rounded(p99),
        bare_p50_ms=_rounded(bare_p50),
        bare_p99_ms=_rounded(bare_p99),
        ratio_p50=_ratio(p50, bare_p50),
        ratio_p99=_ratio(p99, bare_p99),
        drift=_ratio(percentile(acked[-quarter:], 0.5), percentile(acked[:quarter], 0.5)),
        cancel_p50_ms=_rounded(cancel_p50),
        cancel_p99_ms=_rounded(percentile(cancels.took_ms, 0.99)),
        cancel_ratio_p50=_ratio(cancel_p50, p50),
        cancel_errors=len(cancels.failures),
        first_error=str(failed[0]) if failed else None,
    )


def failures(durable: Sequence[Sent], cancels: Cancels) -> list[CliError]:
    """Of the orders, then of the cancels."""
    return [sent.failure for sent in durable if sent.failure] + list(cancels.failures)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank; values need not be sorted. None of no values."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else None


def _ratio(value: float | None, to: float | None) -> float | None:
    return _rounded(value / to) if value is not None and to else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)

"""How a command fails: one readable sentence, and an exit code that scripts can branch on."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """Exit codes by class of failure; the same for every command."""

    OK = 0
    INTERNAL = 1
    BAD_INPUT = 2
    NOT_FOUND = 3
    REFUSED_BY_RISK = 4
    CONFLICT = 5
    NOT_AUTHENTICATED = 6
    UNAVAILABLE = 7


class CliError(Exception):
    """A failed command. `problem` is the API's own account of it, when it gave one;
    `outcome_unknown`: what was asked for may have been done all the same."""

    def __init__(
        self,
        message: str,
        exit_code: ExitCode,
        problem: Mapping[str, Any] | None = None,
        *,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.problem = problem
        self.outcome_unknown = outcome_unknown

    def as_json(self) -> dict[str, Any]:
        """The failure as one JSON object."""
        problem = dict(self.problem or {"detail": str(self)})
        return {**problem, "exit_code": int(self.exit_code)}


def problem_error(status: int, problem: Mapping[str, Any]) -> CliError:
    """The failure that an answer with RFC 9457 problem details stands for."""
    code = _exit_code(status, problem)
    # Also a proxy's 502, which knows nothing of what the API behind it has done.
    return CliError(
        _sentence(status, problem), code, problem or None, outcome_unknown=status >= 500
    )


def _exit_code(status: int, problem: Mapping[str, Any]) -> ExitCode:
    match status:
        case 401 | 403:
            return ExitCode.NOT_AUTHENTICATED
        case 404:
            return ExitCode.NOT_FOUND
        case 409:
            return ExitCode.CONFLICT
        case 422 if problem.get("code") == "risk_denied":
            return ExitCode.REFUSED_BY_RISK
        case 429 | 502 | 503 | 504:
            return ExitCode.UNAVAILABLE
        case _ if 400 <= status < 500:
            return ExitCode.BAD_INPUT
        case _:
            return ExitCode.INTERNAL


def _sentence(status: int, problem: Mapping[str, Any]) -> str:
    text = str(problem.get("detail") or problem.get("title") or f"The API answered {status}.")
    names = ("rule", "limit", "value", "order_id", "code")
    facts = ", ".join(f"{name} {problem[name]}" for name in names if problem.get(name))
    faults = problem.get("errors") or []
    # The detail tells a single fault already.
    lines = [f"  {fault['path']}: {fault['message']}" for fault in faults if len(faults) > 1]
    return "\n".join([f"{text} ({facts})" if facts else text, *lines])

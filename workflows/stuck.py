"""The steps that may get stuck, and what an operator may say to each."""

from __future__ import annotations

from dataclasses import dataclass

from activities.ports import Decision, OperatorDecision
from domain.order_life import FINDING_OUT as FINDING_OUT_NAME


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can fail more often than it may. `meaning` says what each allowed word does."""

    name: str
    meaning: dict[Decision, str]

    def stuck(self, failure: str) -> str:
        """Markdown for Temporal UI."""
        words = "\n".join(f"- `{word}`: {what}" for word, what in self.meaning.items())
        return (
            f"**Stuck at: {self.name}**\n\n{failure}\n\n"
            f"Waiting for an operator (update `resolve`, or signal `decide`):\n{words}"
        )


def refusal(
    stuck: Step | None, taken: OperatorDecision | None, decision: OperatorDecision
) -> str | None:
    """Why the decision does not fit; None if it does. `taken` was taken and not carried out yet."""
    if stuck is None:
        return "the order is not stuck, there is nothing to decide"
    if taken is not None:
        return f"{taken.by} has just decided: {taken.decision}"
    if decision.decision not in stuck.meaning:
        allowed = ", ".join(stuck.meaning)
        return f"{decision.decision} is not possible at {stuck.name}; choose {allowed}"
    return None


_RECORD = {Decision.RETRY: "write it again (the database must answer)"}

ADMISSION = Step(
    "admission",
    {
        Decision.RETRY: "record, route and check the order again (the database must answer)",
        Decision.ABORT: "end it here, or cancel it if it turns out to be recorded",
    },
)
SUBMISSION = Step(
    "submission",
    {
        Decision.RETRY: "look at the order again and send it if it still may be sent",
        Decision.ABORT: "end it here if it was not sent",
    },
)
ENDING = Step("ending it unsent", _RECORD)
FINDING_OUT = Step(
    FINDING_OUT_NAME,
    {
        Decision.RETRY: "ask the venue again now (it is asked every few seconds anyway)",
        Decision.SKIP: "take it as ended: you have looked at the venue, and nothing comes of it",
        Decision.ABORT: "cancel the order at the venue as soon as it is found there",
    },
)
AMEND = Step(
    "amend",
    {
        Decision.RETRY: "ask the venue again now (it is asked every few seconds anyway)",
        Decision.ABORT: "cancel the order at the venue",
    },
)
CANCEL_WISH = Step("recording the cancel", _RECORD)
CANCEL = Step(
    "cancel",
    {
        Decision.RETRY: "ask the venue for the cancel again",
        Decision.SKIP: "leave the order working and drop the wish to cancel it",
    },
)
DECISION = Step("recording a decision", _RECORD)

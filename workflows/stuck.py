"""What a stuck order waits for, and what an operator may say to it."""

from __future__ import annotations

from dataclasses import dataclass

from activities.ports import Decision


@dataclass(frozen=True, slots=True)
class StuckStep:
    """A step that failed more often than it may. `meaning` says what each allowed word does."""

    name: str
    failure: str
    meaning: dict[Decision, str]

    def details(self) -> str:
        """Markdown for Temporal UI."""
        words = "\n".join(f"- `{word}`: {what}" for word, what in self.meaning.items())
        return (
            f"**Stuck at: {self.name}**\n\n{self.failure}\n\n"
            f"Waiting for an operator (update `resolve`, or signal `decide`):\n{words}"
        )


ADMISSION = {
    Decision.RETRY: "record, route and check the order again (the database must answer)",
    Decision.ABORT: "end here; nothing was sent",
}
SUBMISSION = {
    Decision.RETRY: "look at the order again and send it if it still may be sent",
    Decision.ABORT: "end it here; it was not sent",
}
FINDING_OUT = {
    Decision.RETRY: "ask the venue again now (it is asked once a minute anyway)",
    Decision.ABORT: "cancel the order at the venue as soon as it is found there",
}
CANCEL = {
    Decision.RETRY: "ask the venue for the cancel again",
    Decision.SKIP: "leave the order working and drop the wish to cancel it",
}

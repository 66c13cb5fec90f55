"""When a process that died is started again: at once after a long life, slower after short ones."""

from dataclasses import dataclass

DELAY_MIN_S = 0.2
DELAY_MAX_S = 5.0
SLOW_DELAY_S = 30.0
SHORT_LIFE_S = 10.0
SHORT_LIVES_MAX = 8


@dataclass(slots=True)
class RestartPolicy:
    """Counts short lives in a row. A life of `SHORT_LIFE_S` or more clears the count."""

    short_lives: int = 0

    def delay_s(self, life_s: float) -> float:
        """How long to wait, after a life of `life_s` seconds, before the next one."""
        if life_s >= SHORT_LIFE_S:
            self.short_lives = 0
            return DELAY_MIN_S
        self.short_lives += 1
        if self.hopeless:
            return SLOW_DELAY_S
        return min(DELAY_MAX_S, DELAY_MIN_S * 2.0 ** (self.short_lives - 1))

    @property
    def hopeless(self) -> bool:
        """Whether it died so often that a person should look at it."""
        return self.short_lives >= SHORT_LIVES_MAX

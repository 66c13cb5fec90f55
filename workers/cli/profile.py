"""Loading the profile for a command: what is wrong with it is the user's to mend."""

import os
from pathlib import Path

from config import ConfigError, Settings
from console.cli.errors import CliError, ExitCode
from workers import profile


def load_profile(path: Path) -> Settings:
    """The settings of this file. Raises CliError with every problem that it has."""
    try:
        return profile.load_profile(path, os.environ)
    except ConfigError as error:
        problem = {
            "code": "bad_config",
            "detail": f"{error.source} cannot be used.",
            "errors": list(error.problems),
        }
        raise CliError(str(error), ExitCode.BAD_INPUT, problem) from None

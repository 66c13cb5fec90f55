"""Settings: typed models, JSON profiles, ``${ENV}`` expansion. Only workers and migrations read."""

from config.errors import ConfigError
from config.loader import load_settings, masked
from config.notes import notes_on
from config.settings import Settings

__all__ = ["ConfigError", "Settings", "load_settings", "masked", "notes_on"]

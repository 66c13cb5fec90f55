"""Numbered cards that every venue must pass, through its real client library: docs/venues.md."""

"""Processes, and the only place where things are wired together."""

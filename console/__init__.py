"""Every human surface: clients of the API like any other."""

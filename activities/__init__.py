"""The steps of the workflows: what touches the database and the venues."""

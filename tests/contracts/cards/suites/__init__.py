"""The cards, one file per group. A function becomes a card by `@card(...)`."""

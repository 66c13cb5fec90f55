"""The paper stack with all its venues, one for all the tests in here."""

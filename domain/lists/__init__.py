"""Orders that belong together: brackets and OCO pairs, as decisions over ordinary orders."""

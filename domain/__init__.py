"""Pure decisions: orders, fills, positions, risk, routing. No I/O, clock, randomness, framework."""

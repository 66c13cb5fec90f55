"""Benchmarks of the running stack, as ratios to the same steps without durability."""

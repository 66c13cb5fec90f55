"""Adapters to trading venues, and simulators that speak the venues' real protocols."""

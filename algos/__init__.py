"""Pure execution schedules (TWAP, VWAP, Iceberg, ...) will live here; none exists yet."""

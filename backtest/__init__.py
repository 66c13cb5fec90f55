"""NautilusTrader backtests with the live schedules will live here; none exists yet."""

"""Bybit through NautilusTrader: its instruments, market data and news of orders. Commands and
questions go by signed REST of our own, because the library tells no codes and retries; executions
come by a socket of our own, because it ends the process over one that it cannot read."""

# Who builds the exchange of each venue; read by venues.nautilus.exchanges.
EXCHANGES = {"BYBIT": "venues.nautilus.bybit.exchange:exchange"}

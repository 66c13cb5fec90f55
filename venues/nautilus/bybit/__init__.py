"""Bybit through NautilusTrader: its instruments, market data and private stream; commands and
questions go by signed REST of our own, because the library tells no codes and retries."""

# Who builds the exchange of each venue; read by venues.nautilus.exchanges.
EXCHANGES = {"BYBIT": "venues.nautilus.bybit.exchange:exchange"}

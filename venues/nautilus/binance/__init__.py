"""Binance spot and USDT-M futures through NautilusTrader."""

# Who builds the exchange of each venue; read by venues.nautilus.exchanges.
EXCHANGES = {
    "BINANCE_SPOT": "venues.nautilus.binance.exchange:spot",
    "BINANCE_FUTURES": "venues.nautilus.binance.exchange:usdt_futures",
}

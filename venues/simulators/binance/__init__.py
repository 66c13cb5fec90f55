"""Binance spot and USDT-M futures as their public documentation describes them."""

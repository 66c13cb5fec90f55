"""The venues that NautilusTrader serves, behind our port. The only package that imports it live.

`live_engine` hosts the one node of the process; a sub-package per exchange (`binance`, `bybit`,
`okx`) says what the node needs for it, see `exchange`. Nothing is imported here: the client library
is heavy, and only the process that trades needs it.
"""

"""OKX through NautilusTrader: its node, instruments, market data and start-up reconciliation.

Commands, questions and the private streams are our own, on OKX's documented API. The library's
(1.231) would lose money-relevant facts, all seen on the wire or in its source:

| what the library does | what could come of it |
|---|---|
| tells an order's refusal without its code, and a failed send as a refusal | a live order is forgotten |
| sends an order again when a send fails, and after a reconnect, at any later time | it appears after we called it absent |
| takes a fill's fee as the difference of the order's total to what it saw before | wrong fees after any gap, repeat or restart |
| reconnects without a word | fills of the gap are never asked for |
"""

# Who builds the exchange of each venue; read by venues.nautilus.exchanges.
EXCHANGES = {"OKX": "venues.nautilus.okx.exchange:exchange"}

"""OKX through NautilusTrader: its node, instruments, market data and start-up reconciliation.

Commands, questions and the private streams are our own, on OKX's documented API. The library's
(1.231) would lose facts that are worth money, all seen on the wire or in its source:

- it tells a refusal without its code, and a failed send as a refusal: a live order is forgotten;
- it sends an order again when a send fails, and holds it over a reconnect: the order appears at any
  later time, after we called it absent;
- it takes the fee of a fill as the difference of the order's total to what it saw before: wrong
  after any gap, repeat or restart;
- it reconnects without a word: the fills of the gap are never asked for.
"""

# Who builds the exchange of each venue; read by venues.nautilus.exchanges.
EXCHANGES = {"OKX": "venues.nautilus.okx.exchange:exchange"}

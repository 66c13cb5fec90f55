"""What operators can search orders by in Temporal, and of what type each attribute is."""

SEARCH_ATTRIBUTES = {
    "OrderId": "Keyword",
    "ClientOrderId": "Keyword",
    "StrategyId": "Keyword",
    "Instrument": "Keyword",
    "Venue": "Keyword",
    "OrderStatus": "Keyword",
    "Stuck": "Bool",
}

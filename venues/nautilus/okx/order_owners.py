"""Whose the venue's order numbers are: remembered, because fill lists do not always say."""

from __future__ import annotations

from collections import OrderedDict

_MOST = 50_000


class OrderOwners:
    """Client ids by order number, the latest of them. Empty means: not one of ours."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, str] = OrderedDict()

    def learn(self, order_id: str, client_id: str) -> None:
        self._names[order_id] = client_id
        if len(self._names) > _MOST:
            self._names.popitem(last=False)

    def name_of(self, order_id: str) -> str | None:
        return self._names.get(order_id)

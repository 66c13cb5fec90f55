"""A TWS client of nobody's library: a socket that encodes as IB's own client does, field by field.

It is the second real client of the simulator, beside ib_async, whose encoding differs: IB's own
sends an unset number as 1.797E308, ib_async as an empty text.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Self

from venues.simulators.ib.listings import FUTURE

UNSET = "1.7976931348623157e+308"
UNSET_INT = "2147483647"
AAPL = ("0", "AAPL", "STK", "", "0.0", "", "", "SMART", "", "USD", "", "")
ES = ("0", "", "FUT", "", "0.0", "", "", "CME", "", "USD", FUTURE, "")
EURUSD = ("0", "EUR", "CASH", "", "0.0", "", "", "IDEALPRO", "", "USD", "", "")

ORDER_FIELDS = {
    "secIdType": "", "secId": "", "action": "", "totalQuantity": "0", "orderType": "",
    "lmtPrice": UNSET, "auxPrice": UNSET, "tif": "", "ocaGroup": "", "account": "",
    "openClose": "", "origin": "0", "orderRef": "", "transmit": "1", "parentId": "0",
    "blockOrder": "0", "sweepToFill": "0", "displaySize": "0", "triggerMethod": "0",
    "outsideRth": "0", "hidden": "0", "sharesAllocation": "", "discretionaryAmt": "0",
    "goodAfterTime": "", "goodTillDate": "", "faGroup": "", "faMethod": "", "faPercentage": "",
    "modelCode": "", "shortSaleSlot": "0", "designatedLocation": "", "exemptCode": "-1",
    "ocaType": "0", "rule80A": "", "settlingFirm": "", "allOrNone": "0", "minQty": UNSET_INT,
    "percentOffset": UNSET, "eTradeOnly": "0", "firmQuoteOnly": "0", "nbboPriceCap": UNSET,
    "auctionStrategy": "0", "startingPrice": UNSET, "stockRefPrice": UNSET, "delta": UNSET,
    "stockRangeLower": UNSET, "stockRangeUpper": UNSET, "overridePercentageConstraints": "0",
    "volatility": UNSET, "volatilityType": UNSET_INT, "deltaNeutralOrderType": "",
    "deltaNeutralAuxPrice": UNSET, "continuousUpdate": "0", "referencePriceType": UNSET_INT,
    "trailStopPrice": UNSET, "trailingPercent": UNSET, "scaleInitLevelSize": UNSET_INT,
    "scaleSubsLevelSize": UNSET_INT, "scalePriceIncrement": UNSET, "scaleTable": "",
    "activeStartTime": "", "activeStopTime": "", "hedgeType": "", "optOutSmartRouting": "0",
    "clearingAccount": "", "clearingIntent": "", "notHeld": "0", "deltaNeutralContract": "0",
    "algoStrategy": "", "algoId": "", "whatIf": "0", "orderMiscOptions": "", "solicited": "0",
    "randomizeSize": "0", "randomizePrice": "0", "conditions": "0", "adjustedOrderType": "",
    "triggerPrice": UNSET, "lmtPriceOffset": UNSET, "adjustedStopPrice": UNSET,
    "adjustedStopLimitPrice": UNSET, "adjustedTrailingAmount": UNSET,
    "adjustableTrailingUnit": "0", "extOperator": "", "softDollarTierName": "",
    "softDollarTierValue": "", "cashQty": UNSET, "mifid2DecisionMaker": "",
    "mifid2DecisionAlgo": "", "mifid2ExecutionTrader": "", "mifid2ExecutionAlgo": "",
    "dontUseAutoPriceForHedge": "0", "isOmsContainer": "0", "discretionaryUpToLimitPrice": "0",
    "usePriceMgmtAlgo": "", "duration": UNSET_INT, "postToAts": UNSET_INT,
    "autoCancelParent": "0", "advancedErrorOverride": "", "manualOrderTime": "",
}  # fmt: skip
"""What follows the contract in placeOrder, with what IB's own client sends for a plain order."""

type Message = list[str]


class RawClient:
    """Connected when `connect` returns. `heard` are all messages, oldest first."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.heard: list[Message] = []
        self.version = 0
        self.closed = False
        self._changed = asyncio.Condition()
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, port: int, client_id: int = 1, versions: str = "v100..226") -> Self:
        client = await cls.greet(port, versions)
        client.send("71", "2", str(client_id), "")
        client._reading = asyncio.create_task(client._read())
        return client

    @classmethod
    async def greet(cls, port: int, versions: str) -> Self:
        """The handshake alone. Raises IncompleteReadError where the server hangs up."""
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        client._writer.write(b"API\0" + struct.pack(">I", len(versions)) + versions.encode())
        try:
            version, at = await client._message()
        except (asyncio.IncompleteReadError, ConnectionError):
            await client.close()
            raise
        assert at, "the handshake has no time"
        client.version = int(version)
        return client

    def send(self, *fields: str) -> None:
        body = "".join(f"{field}\0" for field in fields).encode()
        self._writer.write(struct.pack(">I", len(body)) + body)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    # --- orders ---

    async def next_id(self) -> int:
        return int((await self.first("9"))[2])

    def place(
        self,
        order_id: int,
        action: str,
        quantity: object,
        order_type: str,
        *,
        contract: tuple[str, ...] = AAPL,
        limit: object = UNSET,
        aux: object = UNSET,
        tif: str = "GTC",
        ref: str = "",
        account: str = "",
        good_till: str = "",
        display: int = 0,
        oca: str = "",
        oca_type: int = 0,
        trail_percent: object = UNSET,
        **others: object,
    ) -> None:
        """placeOrder at version 178, in IB's own encoding; `others` by IB's names of the fields."""
        terms = {
            "action": action,
            "totalQuantity": quantity,
            "orderType": order_type,
            "lmtPrice": limit,
            "auxPrice": aux,
            "tif": tif,
            "orderRef": ref,
            "account": account,
            "goodTillDate": good_till,
            "displaySize": display,
            "ocaGroup": oca,
            "ocaType": oca_type,
            "trailingPercent": trail_percent,
            **others,
        }
        unknown = terms.keys() - ORDER_FIELDS.keys()
        assert not unknown, f"placeOrder has no {unknown}"
        texts = [str(terms.get(name, usual)) for name, usual in ORDER_FIELDS.items()]
        self.send("3", str(order_id), *contract, *texts)

    def cancel(self, order_id: int) -> None:
        self.send("4", "1", str(order_id), "")

    async def status(self, order_id: int, *wanted: str) -> Message:
        """The order's first status of those."""
        return await self.until(
            lambda m: m[0] == "3" and m[1] == str(order_id) and m[2] in wanted,
            f"status {wanted} of {order_id}",
        )

    async def error(self, code: int) -> Message:
        return await self.until(lambda m: m[0] == "4" and m[3] == str(code), f"error {code}")

    # --- what is heard ---

    async def first(self, kind: str) -> Message:
        return await self.until(lambda m: m[0] == kind, f"message {kind}")

    async def until(self, fits: Callable[[Message], bool], what: str) -> Message:
        """The first message that fits, once it is there."""

        def found() -> list[Message]:
            return [message for message in self.heard if fits(message)]

        try:
            async with asyncio.timeout(5), self._changed:
                await self._changed.wait_for(lambda: bool(found()) or self.closed)
        except TimeoutError:
            raise AssertionError(f"{what} did not come; heard last: {self.heard[-8:]}") from None
        assert found(), f"{what} did not come before the connection was closed"
        return found()[0]

    async def hung_up(self) -> None:
        """Wait until the server has closed the connection."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self.closed)

    async def settled(self) -> list[Message]:
        """All that was heard, once the server has answered everything sent before."""
        count = sum(message[0] == "49" for message in self.heard)
        self.send("49", "1")
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(
                lambda: sum(message[0] == "49" for message in self.heard) > count
            )
        return self.heard

    async def _read(self) -> None:
        try:
            while True:
                message = await self._message()
                async with self._changed:
                    self.heard.append(message)
                    self._changed.notify_all()
        except (asyncio.IncompleteReadError, ConnectionError):
            async with self._changed:
                self.closed = True
                self._changed.notify_all()

    async def _message(self) -> Message:
        (length,) = struct.unpack(">I", await self._reader.readexactly(4))
        return (await self._reader.readexactly(length)).decode().split("\0")[:-1]

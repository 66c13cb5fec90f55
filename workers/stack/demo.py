"""The demonstration order of `odum up --demo`: sent through the API like any other.

A program of its own, so that the supervisor stays small and a stop can end it at any moment.
"""

import asyncio
import sys
import uuid

from console.cli.client import connect, segment
from console.cli.errors import CliError
from console.cli.lives import event_line
from console.cli.order import ORDERS, follow
from console.cli.positions import POSITIONS
from workers.stack.voice import Voice

QUANTITY = "0.01"

_FOLLOW_TIMEOUT_S = 20.0


async def show_demo_order(instrument: str, voice: Voice) -> None:
    """Run this module and wait for it; a failure is told, and stops nothing else."""
    mode = "json" if voice.as_json else "text"
    command = [sys.executable, "-m", __name__, instrument, mode]
    process = await asyncio.create_subprocess_exec(*command, start_new_session=True)
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()


def send_demo_order(instrument: str, voice: Voice) -> None:
    """Buy a little at the market and print what happens, line by line."""
    client = connect(None, None)
    body = {
        "strategy_id": "demo",
        "client_order_id": f"demo-{uuid.uuid4().hex[:16]}",
        "instrument_id": instrument,
        "side": "BUY",
        "order_type": "MARKET",
        "quantity": QUANTITY,
    }
    order_id = str(client.post(ORDERS, body, {"wait_ms": 2000})["order_id"])
    text = f"\nDemonstration order {order_id}: BUY {QUANTITY} {instrument} MARKET"
    voice.say("demo_order", text, order_id=order_id)
    for event in follow(client, order_id, _FOLLOW_TIMEOUT_S):
        voice.say("demo_event", f"  {event_line(event)}")
    for position in client.get(f"{POSITIONS}/{segment(instrument)}")["positions"]:
        text = f"  Position: {position['quantity']} {instrument} at {position['avg_px']}"
        voice.say("demo_position", text)


def main() -> None:
    """`python -m workers.stack.demo INSTRUMENT text|json`."""
    voice = Voice(as_json=sys.argv[2] == "json")
    try:
        send_demo_order(sys.argv[1], voice)
    except CliError as error:
        voice.say("demo_failed", f"  The demonstration order failed: {error}")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()

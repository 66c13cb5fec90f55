"""What holds of an order list whatever its orders do."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.lists.legs import Leg
from domain.lists.plan import Cancel, Place, Resize
from domain.lists.request import EXITS, ListKind, Role
from domain.orders import OrderStatus
from tests.support.list_world import SIZES, World, a_list

moves = st.lists(
    st.tuples(
        st.sampled_from(["fill", "fill", "fill", "reject", "cancel"]),
        st.integers(0, 5),
        st.integers(1, 10),
    ),
    max_size=15,
)


@given(st.sampled_from(ListKind), moves)
def test_the_exits_never_trade_more_than_there_is_to_close(
    kind: ListKind, made: list[tuple[str, int, int]]
) -> None:
    """At rest after each move; only two moves at once at the venue could break this."""
    world = World(a_list(kind))
    world.settle()
    for what, which, quantity in made:
        live = world.live()
        if not live:
            break
        chosen = live[which % len(live)].order_id
        match what:
            case "fill":
                world.fill(chosen, Decimal(quantity))
            case "reject":
                world.change(chosen, status=OrderStatus.REJECTED)
            case "cancel":
                world.change(chosen, status=OrderStatus.CANCELED)
        world.settle()
        entry = world.legs.get("ENTRY1")
        basis = Decimal(10) if kind is ListKind.OCO else entry.filled if entry else Decimal(0)
        traded = sum((x.filled for x in world.legs.values() if x.role in EXITS), Decimal(0))
        for exit_ in world.live():
            if exit_.role in EXITS:
                assert traded + exit_.quantity - exit_.filled <= basis
    if not world.live():
        assert world.settle().end is not None


class Obeyed(World):
    """Each resize takes hold, so nothing justifies to cancel an exit but the end of its use."""

    def do(self, action: Place | Resize | Cancel) -> None:
        if isinstance(action, Cancel) and self.legs[action.order_id].role in EXITS:
            assert self.left() < SIZES.min_qty
        super().do(action)

    def left(self) -> Decimal:
        exits = [one for one in self.legs.values() if one.role in EXITS]
        return self.legs["ENTRY1"].net_filled - sum((one.filled for one in exits), Decimal(0))


fills = st.lists(st.tuples(st.sampled_from(Role), st.integers(1, 3)), max_size=30)


@given(fills)
def test_no_exit_is_canceled_that_was_resized_as_it_should(made: list[tuple[Role, int]]) -> None:
    world = Obeyed(a_list(quantity=30))
    world.settle()
    for role, quantity in made:
        live: list[Leg] = [one for one in world.live() if one.role is role]
        if live:
            world.fill(live[0].order_id, Decimal(quantity))
            world.settle()


def test_an_entry_that_trades_bit_by_bit_keeps_its_exits() -> None:
    world = World(a_list())
    world.settle()
    for _ in range(5):
        world.fill("ENTRY1", Decimal(2))
        world.settle()

    assert world.canceled == []
    assert {one.quantity for one in world.live()} == {Decimal(10)}


def test_an_exit_that_takes_no_size_is_placed_anew_after_some_tries() -> None:
    class Refused(World):
        def change(self, order_id: str, **changes: object) -> None:
            if "quantity" not in changes:
                super().change(order_id, **changes)

    world = Refused(a_list())
    world.settle()
    world.fill("ENTRY1", Decimal(2))
    world.settle()
    world.fill("ENTRY1", Decimal(2))
    world.settle()

    assert world.canceled == ["STOP_LOSS1", "TAKE_PROFIT1"]
    assert {one.order_id for one in world.live()} == {"ENTRY1", "STOP_LOSS2", "TAKE_PROFIT2"}

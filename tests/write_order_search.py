"""The search through every way in which the order of writes can be interrupted, within bounds.

A run is decided by its fate, a list of answers; after each run the last answer that could have been another
one is changed, until all have been tried.
"""

from typing import Any

from tests.write_order import Daemon
from tests.write_order_world import Bounds, DeadError, Fate, FencedError, HarmError, LostError, World

LIVES, CYCLES = 6, 2


class Life:
    """One daemon at work, step by step: its answer to the last step goes back into it."""

    def __init__(self, world: World, cycles: int) -> None:
        self.world, self.steps = world, Daemon(world).life(cycles)
        self.answer: Any = None
        self.fault: LostError | None = None

    def next(self) -> bool:
        """Take one step; False when this life has come to its end, by itself, fenced off or dead."""
        try:
            step = self.steps.throw(self.fault) if self.fault else self.steps.send(self.answer)
            self.answer = self.fault = None
            self.answer = self.world.step(step)
        except (StopIteration, FencedError):
            return False
        except LostError as lost:
            if self.fault is lost:
                raise
            self.fault = lost
        return True


def live(world: World, cycles: int = CYCLES) -> None:
    """A daemon, started again after each crash, until a life has come to its end."""
    for _ in range(LIVES):
        life = Life(world, cycles)
        try:
            while life.next():
                pass
        except (DeadError, LostError):
            continue
        return


def race(world: World) -> None:
    """Two daemons on one mailbox that nothing but the ledger keeps apart: each may pause for the other."""
    lives = [Life(world, 1), Life(world, 1)]
    pauses = world.bounds.pauses
    while lives:
        if len(lives) > 1 and pauses and world.fate.choose(2):
            pauses -= 1
            lives.reverse()
        try:
            if not lives[0].next():
                lives.pop(0)
        except (DeadError, LostError):
            lives.pop(0)


def play(given: list[int], bounds: Bounds) -> tuple[list[tuple[int, int]], str, list[str]]:
    """One run: its choices, the harm if there was any, and what happened."""
    fate = Fate(given)
    world = World(fate, bounds)
    try:
        live(world) if world.bounds.daemons == 1 else race(world)
        while world.people:
            world.act(world.people.pop(0))
        world.calm = True
        for _ in range(3):
            live(world)
        world.rest()
        world.writes = 0
        live(world, cycles=1)
        if world.writes > 1:  # the claim is one
            return fate.trace, "never at rest", world.log
    except HarmError as harm:
        return fate.trace, str(harm), world.log
    return fate.trace, "", world.log


def explore(bounds: Bounds) -> tuple[int, str, list[str]]:
    """All runs within the bounds, up to the first that does harm: how many, the harm, what happened."""
    given: list[int] = []
    count = 0
    while True:
        count += 1
        trace, harm, log = play(given, bounds)
        if harm:
            return count, harm, log
        while trace and trace[-1][0] == trace[-1][1] - 1:
            trace.pop()
        if not trace:
            return count, "", []
        given = [answer for answer, _ in trace[:-1]] + [trace[-1][0] + 1]

"""Many clients that post webhooks as LINE does: batches, doubles, disorder, redelivery."""

import random
import threading
import time
from dataclasses import dataclass, field

from tests.support.faults import Rig
from tests.support.line_truth import PEOPLE, WORDS, Event

_SIZES = (1, 1, 1, 1, 2, 2, 3, 5, 8, 20, 100)
_DOUBLES, _SHUFFLED, _FOLLOWS = 0.1, 0.2, 0.1
_AHEAD = 120  # Events that may wait for their answer before the clients hold back.
_BREATH = 0.03  # Seconds between two posts of a client; more after a refusal.


@dataclass
class Crowd:
    """Clients in threads, from `with` to the end of the block, when all they posted is taken."""

    rig: Rig
    rng: random.Random
    clients: int = 6
    batches: int = 0
    refused: int = 0
    _ending: threading.Event = field(default_factory=threading.Event)
    _old: list[Event] = field(default_factory=list)
    _follows: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> "Crowd":
        dice = [random.Random(self.rng.random()) for _ in range(self.clients)]
        self._threads = [threading.Thread(target=self._client, args=(die,)) for die in dice]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _client(self, dice: random.Random) -> None:
        while not self._ending.is_set():
            if len(self.rig.line.posted) - self.rig.line.answered() < _AHEAD:
                self._deliver(self._batch(dice))
            self._ending.wait(_BREATH)

    def _deliver(self, batch: list[Event]) -> None:
        """Post until there is a 200: LINE redelivers what was not acknowledged."""
        self.batches += 1
        # A server that never comes back must fail the test, not hang it.
        deadline = time.monotonic() + 60
        again = False
        while self.rig.line.post(self.rig.url, batch, again=again) != 200:
            self.refused += 1
            again = True
            if time.monotonic() > deadline:
                raise AssertionError("a batch was refused for a minute")
            time.sleep(3 * _BREATH)
        with self._lock:
            self._old = (self._old + batch)[-200:]

    def _batch(self, dice: random.Random) -> list[Event]:
        with self._lock:
            batch = [self._event(dice) for _ in range(dice.choice(_SIZES))]
            doubles = [event for event in batch if dice.random() < _DOUBLES / 2]
            if self._old and dice.random() < _DOUBLES:
                doubles += dice.sample(self._old, min(3, len(self._old)))
        batch += doubles
        if dice.random() < _SHUFFLED:
            dice.shuffle(batch)
        return batch

    def _event(self, dice: random.Random) -> Event:
        if self._follows < PEOPLE and dice.random() < _FOLLOWS:
            self._follows += 1
            return self.rig.line.follow(self._follows - 1)
        return self.rig.line.text(dice.choice(WORDS))

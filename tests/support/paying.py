"""A payment provider that lives in this process, and loses answers when told to."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.payments import provider
from app.domain.payments.provider import Asked, Begun, ProviderAway


class Pays:
    """Knows payments by key; `agreed` are those whose customers have said yes on its page.

    With `deaf` it does what it is asked, and its answer is lost.
    """

    name = "pays"

    def __init__(self) -> None:
        self.begun: dict[str, str] = {}
        self.agreed: set[str] = set()
        self.done: dict[str, tuple[str, str, int]] = {}
        self.deaf = False

    def begin(self, asked: Asked) -> Begun:
        ref = self.begun.setdefault(asked.key, f"pay_{len(self.begun) + 1}")
        self._answered()
        return Begun(ref, f"https://pays.example/{ref}")

    def capture(self, ref: str, yen: int, *, key: str) -> bool:
        if ref not in self.agreed:
            return False
        self._do("capture", ref, yen, key)
        return True

    def cancel(self, ref: str, *, key: str) -> None:
        self._do("cancel", ref, 0, key)

    def refund(self, ref: str, yen: int, *, key: str) -> None:
        self._do("refund", ref, yen, key)

    def money(self) -> list[tuple[str, str, int]]:
        """What was done, each once however often it was asked, in its order."""
        return list(self.done.values())

    def _do(self, what: str, ref: str, yen: int, key: str) -> None:
        self.done.setdefault(key, (what, ref, yen))
        self._answered()

    def _answered(self) -> None:
        if self.deaf:
            raise ProviderAway("the answer was lost")


@contextmanager
def paying() -> Iterator[Pays]:
    """The shop has this provider until the block ends."""
    pays = Pays()
    provider.install(pays)
    try:
        yield pays
    finally:
        provider.install(None)

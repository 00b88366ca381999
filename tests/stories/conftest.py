"""Stories: an open shop, its customers' phones, and a check that nothing is left lying."""

from collections.abc import Callable, Iterator

import pytest

from tests.support import contract
from tests.support.phone import Phone
from tests.support.shop import Shop, open_shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """The demo shop with its doors open. Fails the story if it leaves unsent or failed rows."""
    with open_shop(database_url) as shop:
        yield shop
        shop.settle()
        leaks = shop.leaks()
        contract.check(shop.line.world)
    if leaks:
        pytest.fail("left behind: " + ", ".join(leaks), pytrace=False)


@pytest.fixture
def phone(shop: Shop) -> Callable[[str], Phone]:
    """The phone of somebody."""
    return shop.phone

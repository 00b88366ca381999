"""The client of docs/api.md does what the page says, against a server on a real port."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.domain.members import queries as members
from app.domain.points import queries as points
from tests.support.cast import add_store
from tests.support.points import a_shop_with_points
from tests.support.systems import a_system
from tests.support.tree import ROOT

LONGEST = 30


@pytest.fixture
def server(app: Flask, inside: object) -> Iterator[str]:
    a_shop_with_points()
    add_store("ginza")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def client() -> str:
    page = (ROOT / "docs" / "api.md").read_text()
    return page.partition("```python\n")[2].partition("```")[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_client_of_the_page_does_what_it_says(app: Flask, server: str) -> None:
    program, key = client(), a_system(app, "members.write", "points.read", "points.write").secret
    assert len(program.splitlines()) <= LONGEST
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "-c", program, server, key], capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
    card = members.by_external_id("ec", "77")
    assert card is not None
    assert ran.stdout.split() == [card.number, "12", "12"]
    assert points.balance(card.id) == 12

    refused = subprocess.run(
        [sys.executable, "-c", program, server, "tsk_no"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "401 urn:tsunagu:bad_api_key" in refused.stderr

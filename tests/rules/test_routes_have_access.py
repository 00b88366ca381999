"""Every route says who may call it (app/access.py), in words that the policy knows."""

import pytest

from app.domain.keys.scopes import SCOPES
from app.domain.staff.roles import PERMISSIONS

KNOWN = {"anyone", "signed_by_line", "person", "live_person", "staff"}
KNOWN |= {f"staff:{permission}" for permission in PERMISSIONS}
KNOWN |= {f"api:{scope}" for scope in SCOPES}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_has_an_access_mark_that_the_policy_knows(app):
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    unmarked = {
        endpoint: getattr(view, "access", None)
        for endpoint, view in views.items()
        if getattr(view, "access", None) not in KNOWN and endpoint.rpartition(".")[2] != "static"
    }

    assert len(views) > 1
    assert unmarked == {}

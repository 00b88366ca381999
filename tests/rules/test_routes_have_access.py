"""Every route says who may call it (app/access.py)."""

import pytest


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_has_an_access_mark(app):
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    unmarked = {
        endpoint
        for endpoint, view in views.items()
        if not getattr(view, "access", None) and endpoint.rpartition(".")[2] != "static"
    }

    assert len(views) > 1
    assert unmarked == set()

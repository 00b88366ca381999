"""Who may call a route. A route without one of these marks fails the build (tests/rules)."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def anyone(view: View) -> View:
    """Open to the world."""
    return _marked(view, "anyone")


def signed_by_line(view: View) -> View:
    """The view itself checks LINE's signature over the raw body."""
    return _marked(view, "signed_by_line")


def person(view: View) -> View:
    """A person whom LINE has named for this account, by token or by our session."""
    return _marked(view, "person")


def live_person(view: View) -> View:
    """As `person`, and LINE says that their access token lives at this moment."""
    return _marked(view, "live_person")


def staff(permission: str | None = None) -> Callable[[View], View]:
    """A member of staff whose role has this permission (domain/staff/roles.py); None: any role."""
    mark = f"staff:{permission}" if permission else "staff"

    def marked(view: View) -> View:
        return _marked(view, mark)

    return marked


def api(scope: str) -> Callable[[View], View]:
    """One of the shop's own systems, whose key has this scope (domain/keys/scopes.py)."""

    def marked(view: View) -> View:
        return _marked(view, f"api:{scope}")

    return marked


def _marked(view: View, mark: str) -> View:
    view.access = mark  # type: ignore[attr-defined]
    return view

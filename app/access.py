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


def _marked(view: View, mark: str) -> View:
    view.access = mark  # type: ignore[attr-defined]
    return view

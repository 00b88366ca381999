"""What can be wrong with a store."""

from app.errors import NotFound


class NoSuchStore(NotFound):
    """No store has this code."""

    code = "no_such_store"

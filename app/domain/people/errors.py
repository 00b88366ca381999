"""What can be wrong with a person."""

from app.errors import NotFound


class NoSuchPerson(NotFound):
    """Nobody has this id."""

    code = "no_such_person"

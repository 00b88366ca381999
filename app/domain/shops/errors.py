"""What can be wrong with the company or a store."""

from app.errors import NotFound


class NoCompany(NotFound):
    """The company has not been named yet (`flask seed`)."""

    code = "no_company"


class NoSuchStore(NotFound):
    """No store has this code."""

    code = "no_such_store"

"""What can be wrong with an account."""

from app.errors import NotFound, TsunaguError


class NoSuchAccount(NotFound):
    """No official account has this slug or id."""

    code = "no_such_account"


class AccountExists(TsunaguError):
    """The slug or the bot's user id is taken."""

    status = 409
    code = "account_exists"


class NothingStaged(TsunaguError):
    """There is no second channel secret to switch to."""

    status = 409
    code = "no_secret_staged"


class BadSlug(TsunaguError):
    """A slug has 1 to 40 small letters, digits, - and _, and begins with a letter or digit."""

    status = 422
    code = "bad_slug"

"""What can be wrong with who is asking."""

from app.errors import TsunaguError


class TokenExpired(TsunaguError):
    """LINE's token was right once; the page logs in again by itself."""

    status = 401
    code = "token_expired"


class BadTokenGiven(TsunaguError):
    """Not LINE's word about a person for this account."""

    status = 401
    code = "bad_token"


class NotLoggedIn(TsunaguError):
    """No token and no living session; outside of LINE the page offers a login."""

    status = 401
    code = "not_logged_in"


class LineUnavailable(TsunaguError):
    """LINE cannot say who somebody is, so we let nobody in."""

    status = 503
    code = "line_unavailable"


class NoLogin(TsunaguError):
    """The account has no LINE Login channel; see docs/liff.md."""

    status = 404
    code = "no_login_channel"


class BadLogin(TsunaguError):
    """A login with LINE that we did not begin, or that ended too late."""

    status = 400
    code = "bad_login"

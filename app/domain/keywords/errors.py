"""What can be wrong with a keyword rule."""

from app.errors import TsunaguError


class BadRule(TsunaguError):
    """The rule makes no sense; the text names the fields."""

    status = 422
    code = "bad_keyword_rule"


class BadPattern(BadRule):
    """The regular expression does not compile."""

    code = "bad_pattern"

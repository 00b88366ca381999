"""Rules about accounts."""

import re

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def is_slug(word: str) -> bool:
    """Whether an account can have this name in its webhook's address."""
    return _SLUG.fullmatch(word) is not None

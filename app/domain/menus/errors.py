"""What can be wrong with the menus of an account."""

from app.errors import TsunaguError


class MenusHeld(TsunaguError):
    """Another process is changing this account's menus right now."""

    status = 409
    code = "menus_held"

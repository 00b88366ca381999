"""Why something is not put into the catalogue, or not sold."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.files.errors import Problem
from app.errors import NotFound, TsunaguError


class BadCatalogue(TsunaguError):
    """What was written makes no sense; `problems` names each field, in Japanese and English."""

    status = 422
    code = "bad_catalogue"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
        self.extra = {"problems": [vars(problem) for problem in problems]}


class BadOptions(TsunaguError):
    """The choices do not fit the product's groups of options; `group` in the answer names one."""

    status = 422
    code = "bad_options"

    def __init__(self, group: str) -> None:
        super().__init__("choices that do not fit")
        self.extra = {"group": group}


class NoSuchProduct(NotFound):
    """No product has this code."""

    code = "no_such_product"


class NoSuchVariant(NotFound):
    """No variant has this code or id."""

    code = "no_such_variant"


class NoSuchCategory(NotFound):
    """No category has this code."""

    code = "no_such_category"


class CategoryInUse(TsunaguError):
    """Products are in this category."""

    status = 409
    code = "category_in_use"


class SoldOut(TsunaguError):
    """There is not so much left; `left` in the answer maps codes of variants to what there is."""

    status = 409
    code = "sold_out"

    def __init__(self, left: Mapping[str, int]) -> None:
        super().__init__(f"{len(left)} variants are short")
        self.extra: Mapping[str, Any] = {"left": dict(left)}


class CatalogueChanged(TsunaguError):
    """Somebody changed the same things at the same moment; nothing was saved, try again."""

    status = 409
    code = "catalogue_changed"


class TooManyFavourites(TsunaguError):
    """Nobody likes more products than limits.FAVOURITES."""

    status = 409
    code = "too_many_favourites"

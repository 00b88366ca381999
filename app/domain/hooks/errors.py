"""Why facts are not told somewhere."""

from app.errors import NotFound, TsunaguError


class NoSuchEndpoint(NotFound):
    """No endpoint has this id, or it is not the asker's."""

    code = "no_such_endpoint"


class NoSuchDelivery(NotFound):
    """No delivery has this id, or it is not the asker's."""

    code = "no_such_delivery"


class BadKinds(TsunaguError):
    """What should be told is no kind of facts: a name, `points.*`, or `*`."""

    status = 422
    code = "bad_fact_kinds"


class TooManyEndpoints(TsunaguError):
    """The company has as many endpoints as it may."""

    status = 409
    code = "too_many_endpoints"

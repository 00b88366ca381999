"""Where a provider's customers may be led to, and which providers there can be."""

from types import SimpleNamespace

import pytest

from app.config import Settings, SettingsError
from app.domain.payments import limits, provider, rules
from app.domain.payments.provider import BadProvider
from app.factory import create_app
from tests.support.paying import Pays

PAYS = "tests.support.paying:Pays"


class Nothing:
    name = "nothing"


class Broken:
    def __init__(self) -> None:
        raise KeyError("PAYS_SECRET")


class Nameless(Pays):
    name = "p" * (limits.PROVIDER + 1)


made = Pays()
inside = SimpleNamespace(one=made)


@pytest.fixture
def none_left():
    yield
    provider.install(None)


@pytest.mark.parametrize(
    "url",
    [
        "https://pays.example/checkout/1?x=%20#now",
        "https://pays.example:8443/",
        "http://127.0.0.1:8123/pay_1",
        "http://[::1]:8123/pay_1",
        "http://localhost/pay_1",
    ],
)
def test_people_are_led_to_https_or_to_this_machine(url: str) -> None:
    assert rules.is_page(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/liff/order",
        "//pays.example/1",
        "http://pays.example/1",
        "http://localhost.pays.example/1",
        "http://127.0.0.1.pays.example/1",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https:///1",
        "https://shop.example@pays.example/1",
        "https://pays.example\\@shop.example/1",
        "https://pays.example/\n1",
        "https://pays.example/a b",
        "https://pays.example:many/",
        "https://[::1/",
        "https://pays.example/" + "a" * limits.URL,
    ],
)
def test_and_nowhere_else(url: str) -> None:
    assert not rules.is_page(url)


def test_a_provider_is_a_class_or_an_object() -> None:
    assert isinstance(provider.load(PAYS), Pays)
    assert provider.load(f"{__name__}:made") is made
    assert provider.load(f"{__name__}:inside.one") is made


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("tests.support.nobody:Pays", "ModuleNotFoundError"),
        ("tests.support.paying:Nobody", "AttributeError"),
        (f"{__name__}:Broken", "KeyError"),
        (f"{__name__}:Nothing", "has no begin, capture, cancel, refund"),
        (f"{__name__}:Nameless", "needs a name of 1 to 20 characters"),
        (f"{__name__}:PAYS", "has no begin"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_provider_stops_the_start_by_the_name_of_its_variable(
    settings: Settings, named: str, why: str
) -> None:
    with pytest.raises(BadProvider, match=why):
        provider.load(named)
    with pytest.raises(SettingsError) as raised:
        create_app(settings.model_copy(update={"payment_provider": named}))
    (problem,) = raised.value.problems
    assert problem.startswith("PAYMENT_PROVIDER: ")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_setting_installs_it(settings: Settings, none_left: None) -> None:
    create_app(settings.model_copy(update={"payment_provider": PAYS}))
    assert isinstance(provider.installed(), Pays)
    create_app(settings)
    assert provider.installed() is None

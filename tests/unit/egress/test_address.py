"""Which addresses are called: those of the open internet, over https, and no others."""

from ipaddress import ip_address

import pytest

from app.egress.address import BadAddress, is_public, may_call, target


@pytest.mark.parametrize(
    "url",
    [
        "http://pos.example/",
        "https://",
        "https:///x",
        "https://user@pos.example/",
        "https://:pw@pos.example/",
        "https://pos.example/#x",
        "https://pos.example:0/",
        "https://pos.example:22/",
        "https://pos.example:99999/",
        "https://pos.example/a b",
        "https://pos.example/\r\nX: y",
        "https://例え.example/",
        "https://" + "a" * 500 + ".example/",
        "file:///etc/passwd",
        "//pos.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[::1",
    ],
)
def test_what_is_no_address_to_call(url):
    with pytest.raises(BadAddress):
        target(url)


def test_the_parts_of_one():
    where = target("https://pos.example./hooks/1?a=b")
    assert (where.host, where.port, where.path) == ("pos.example", 443, "/hooks/1?a=b")
    assert where.netloc == "pos.example"
    assert target("https://pos.example:8443").netloc == "pos.example:8443"
    assert target("https://[2606:4700::1]:8443/").netloc == "[2606:4700::1]:8443"


def test_this_machine_only_where_a_demo_allows_it():
    where = target("http://127.0.0.1:8300/", local=True)
    assert may_call(where, ip_address("127.0.0.1"))
    assert not may_call(where, ip_address("8.8.8.8"))
    for url in ("http://10.0.0.1/", "http://pos.example/", "https://10.0.0.1/"):
        with pytest.raises(BadAddress):
            target(url, local=True)
    assert not may_call(target("https://pos.example/", local=True), ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("203.104.209.7", True),
        ("2606:4700:4700::1111", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_which_addresses_are_the_open_internets(address, public):
    assert is_public(ip_address(address)) is public

"""Which addresses a shop may have us call: pure rules.

An address that somebody typed must not become a way into the network we stand in: not to this
machine, not to its neighbours, not to the cloud's metadata (OWASP, Server-Side Request Forgery).
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from app.errors import TsunaguError

LONGEST: Final = 500
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
# RFC 6052 and RFC 8215: an IPv4 address in the last four bytes, behind a translator.
_TRANSLATED: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_FIRST_PORTS: Final = (80, 443)

Address = IPv4Address | IPv6Address


class BadAddress(TsunaguError):
    """An address that we do not call; the text says why and holds none of it."""

    status = 422
    code = "bad_webhook_url"


@dataclass(frozen=True)
class Target:
    """Where a call goes: `path` with its query. `local`: to this machine, which only a demo may."""

    scheme: str
    host: str
    port: int
    path: str
    local: bool

    @property
    def netloc(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


def target(url: str, *, local: bool = False) -> Target:
    """The parts of an https address; with `local` also http to this very machine.

    Raises BadAddress. Which machine a name stands for is only known when it is called.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(f"needs up to {LONGEST} ASCII signs")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress("is no address") from None
    host = (parts.hostname or "").rstrip(".")
    ours = local and host in _LOCAL
    if parts.scheme != "https" and not (ours and parts.scheme == "http"):
        raise BadAddress("needs https")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddress("needs a host, and neither a login nor a fragment")
    if port == 0 or (port is not None and port < 1024 and port not in _FIRST_PORTS):
        raise BadAddress("needs port 443 or one above 1023")
    if not ours and _is_bad_literal(host):
        raise BadAddress("is no public address")
    whole = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return Target(parts.scheme, host, port or usual, whole, ours)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet's."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _behind(address)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def may_call(where: Target, address: Address) -> bool:
    """Whether a target may be called at this address, which its name stands for at the moment."""
    return address.is_loopback if where.local else is_public(address)


def _behind(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _is_bad_literal(host: str) -> bool:
    try:
        return not is_public(ip_address(host))
    except ValueError:
        # Names such as 127.1 or 0x7f000001, which a resolver reads as numbers, name no host.
        last = host.rpartition(".")[2]
        return last[:1].isdigit() or host in _LOCAL

"""Where an address leads: scheme, host and port, read as the HTTP client itself reads them.

Two readings of one address are how policies are got around, so there is one reading here, strict, of what the client
will connect to. What it cannot read for certain is refused.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, NamedTuple

from ragkit.errors import EgressError

if TYPE_CHECKING:
    import httpx2

_USUAL_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_ENDS_IN_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)$")
_LOCALHOST = "localhost"


class Origin(NamedTuple):
    """Where a connection goes.

    Attributes:
        scheme: "https" or "http".
        host: lower case, ASCII (names in other scripts as punycode), without a closing dot; an IP address in its
            shortest form, IPv6 without brackets.
        port: its number, also where the address leaves it out.
    """

    scheme: str
    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine by its very address: 127.0.0.0/8, ::1 or localhost. No name is looked up."""
        return is_loopback_host(self.host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _USUAL_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def origin_of(url: str | httpx2.URL) -> Origin:
    """Where this address leads.

    Raises:
        EgressError: it is no address of a web server, carries a user name or password, or its host can be read in
            more than one way. The message repeats no more of it than the host.
    """
    import httpx2

    try:
        parsed = httpx2.URL(url)
        host, port = parsed.raw_host.decode("ascii"), parsed.port
    except (httpx2.InvalidURL, TypeError, ValueError):
        raise EgressError("An address cannot be read; write it as 'https://host:port/path'.") from None
    if parsed.scheme not in _USUAL_PORTS:
        raise EgressError(f"Only https and http are spoken, not {parsed.scheme or 'an address without a scheme'!r}.")
    if parsed.userinfo:
        raise EgressError(
            f"The address of {host!r} carries a user name or password, which is not used: keys come from an "
            "environment variable or a file (key_variable, key_file)."
        )
    if port is not None and not 0 < port < 65536:
        raise EgressError(f"{port} is no port of {host!r}; ports go from 1 to 65535.")
    return Origin(parsed.scheme, _host(host), port or _USUAL_PORTS[parsed.scheme])


def listed_origin(entry: str) -> Origin:
    """Where an entry of ``allowed_hosts`` leads: "host", "host:port" or "http://host:port".

    Raises:
        EgressError: it is none of these. A path, a wildcard or a password is refused.
    """
    shown = entry.rpartition("@")[2]
    bare = entry.strip()
    if re.fullmatch(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F.:]*", bare):
        bare = f"[{bare}]"  # an IPv6 address without a port
    try:
        import httpx2

        origin = origin_of(bare if "://" in bare else f"https://{bare}")
        rest = httpx2.URL(bare if "://" in bare else f"https://{bare}").raw_path
    except EgressError as error:
        raise EgressError(f"{shown!r} is no host: {error}") from None
    if rest not in (b"", b"/"):
        raise EgressError(f"{shown!r} is no host: write it without a path, as 'host', 'host:port' or 'http://host'.")
    return origin


def is_loopback_host(host: str) -> bool:
    """Whether a host, as ``Origin`` has it, is this machine by its very address."""
    if host == _LOCALHOST or host.endswith(f".{_LOCALHOST}"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _host(host: str) -> str:
    host = host.lower()
    if ":" in host:
        return _ipv6(host)
    host = host.removesuffix(".")
    if _ENDS_IN_NUMBER.search(host):
        return _ipv4(host)
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise EgressError(f"{host!r} is no host's name.")
    return host


def _ipv4(host: str) -> str:
    """A dotted quad. Everything else that systems take for one (2130706433, 0x7f.1, 127.1, 010.0.0.1) is refused."""
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise EgressError(f"{host!r} is no IP address; write four decimal numbers, as in '10.0.0.7'.") from None


def _ipv6(host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        raise EgressError(f"{host!r} is no IP address.") from None
    if address.scope_id is not None:
        raise EgressError(f"{host!r} names a network interface, which is not used; write the address without it.")
    return str(address)

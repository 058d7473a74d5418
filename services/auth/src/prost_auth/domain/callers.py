"""Who a request comes from, as far as that is of use later: whose it is, from where, with what."""

import ipaddress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_READ_AT_MOST: Final = 400
_SUBSCRIBER_V6: Final = 64

# The first that is found is right: most browsers claim to be several of those further down.
_AGENTS: Final = (
    ("edg/", "Edge"),
    ("edga/", "Edge"),
    ("edgios/", "Edge"),
    ("opr/", "Opera"),
    ("samsungbrowser/", "Samsung Internet"),
    ("vivaldi/", "Vivaldi"),
    ("fxios/", "Firefox"),
    ("firefox/", "Firefox"),
    ("crios/", "Chrome"),
    ("headlesschrome/", "Chrome"),
    ("chrome/", "Chrome"),
    ("chromium/", "Chromium"),
    ("safari/", "Safari"),
    ("curl/", "curl"),
    ("wget/", "Wget"),
    ("python", "Python"),
    ("aiohttp/", "Python"),
    ("node", "Node.js"),
    ("undici", "Node.js"),
    ("go-http-client", "Go"),
    ("java/", "Java"),
    ("okhttp/", "Android app"),
)
_SYSTEMS: Final = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("cros ", "ChromeOS"),
    ("windows", "Windows"),
    ("mac os x", "macOS"),
    ("macintosh", "macOS"),
    ("linux", "Linux"),
)


@dataclass(frozen=True)
class Caller:
    """Someone who asks; `account_id` and `session_id` are those of their verified token, if they sent one."""

    ip: str = ""
    device: str = ""
    account_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def subscriber(self) -> str:
        """What limits are counted by: the address, or the /64 that one subscriber of IPv6 has."""
        try:
            address = ipaddress.ip_address(self.ip)
        except ValueError:
            return "unknown"
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        return str(ipaddress.IPv6Network((address, _SUBSCRIBER_V6), strict=False).network_address)


def client_address(external: str | None, forwarded: str | None, peer: str | None) -> str:
    """Return the client's address, "" for none: what the gateway found, or what it saw itself.

    The gateway overwrites `x-envoy-external-address` and adds the peer it saw at the end of
    `X-Forwarded-For`; all before that is the client's own say.
    """
    last = forwarded.rpartition(",")[2] if forwarded else None
    for candidate in (external, last, peer):
        try:
            address = ipaddress.ip_address((candidate or "").strip())
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return str(mapped or address)
    return ""


def device_name(user_agent: str | None) -> str:
    """Return what a person calls the device, such as "Firefox on Windows"; "" when it does not say."""
    text = (user_agent or "")[:_READ_AT_MOST].lower()
    agent = next((name for mark, name in _AGENTS if mark in text), "")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return " on ".join(filter(None, (agent, system)))

"""Who may ask: pure decisions on Host, Origin, address and key."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

#: The entry that stands for all of this machine, and for browser extensions.
LOCAL = "http://localhost"
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
#: Parsing an address takes longer than all else here, and few are asked about.
_REMEMBERED = 256
_LONGEST_ORIGIN = 300
_EXTENSIONS = ("chrome-extension", "moz-extension", "safari-web-extension")


@dataclass(frozen=True)
class Caller:
    """Who asks, as far as the connection tells."""

    origin: str | None = None
    #: False: only what is open to all may be answered.
    allowed: bool = True
    #: Whether the caller may name files of this machine.
    may_name_files: bool = True


def host_allowed(host: str | None, settings: Mapping[str, Any]) -> bool:
    """Whether a Host header is ours; a foreign name means DNS rebinding."""
    if host is None:
        return True
    name = _host_name(host)
    if name is None:
        return False
    bound = str(settings["webBindAddress"]).lower()
    if name in _LOCAL_NAMES or name == bound:
        return True
    if name in (str(entry).lower() for entry in settings["webHostList"]):
        return True
    # Rebinding needs a name, so a literal address is safe where it can be ours.
    return not is_loopback(bound) and _is_address(name)


def origin_allowed(
    origin: str | None, settings: Mapping[str, Any], refused: Collection[str] = ()
) -> bool:
    """Whether a page of that origin may ask; ``refused`` stands before the list."""
    if origin is None:
        return True
    if origin.lower() in refused:
        return False
    listed = settings["webCorsOriginList"]
    if "*" in listed or origin in listed:
        return True
    return LOCAL in listed and _is_local(origin)


def may_ask(origin: str) -> bool:
    """Whether that is a website about which the user can be asked."""
    try:
        parts = urlsplit(origin)
        name = parts.hostname
    except ValueError:
        return False
    # "null" is nobody in particular: every page can be that, in a frame.
    return (
        bool(parts.scheme and name)
        and len(origin) <= _LONGEST_ORIGIN
        and origin.isprintable()
        and origin == f"{parts.scheme}://{parts.netloc}"
        and not set(origin) & set(" @<>")
    )


def machine_allowed(address: str, settings: Mapping[str, Any]) -> bool:
    """Whether that address may ask at all; the key itself is checked apart."""
    return (
        is_loopback(address)
        or bool(settings["apiKey"])
        or settings["allowKeylessNetwork"] is True
    )


def exposure(settings: Mapping[str, Any]) -> str | None:
    """What to say at the start of a server that other machines can reach."""
    address = settings["webBindAddress"]
    if is_loopback(str(address)):
        return None
    if settings["allowKeylessNetwork"] is True and not settings["apiKey"]:
        return (
            f"other machines reach this server at {address} and need no key: whoever "
            "does can read and change everything (allowKeylessNetwork)"
        )
    if settings["apiKey"]:
        return f"other machines that send the key are served at {address}"
    return (
        f"other machines reach this server at {address} but are turned away until a "
        "key is set: apiKey, or ANKICONNECT_API_KEY in the environment"
    )


def key_valid(key: str | None, settings: Mapping[str, Any]) -> bool:
    """Whether the request's key opens the door, if there is a lock."""
    wanted = settings["apiKey"]
    if not wanted:
        return True
    return hmac.compare_digest(
        (key or "").encode("utf-8", "surrogatepass"), str(wanted).encode()
    )


def may_name_files(settings: Mapping[str, Any]) -> bool:
    """Whether callers that are let in may name files of this machine."""
    if settings["allowFilePaths"] is True:
        return True
    return is_loopback(str(settings["webBindAddress"]))


@lru_cache(_REMEMBERED)
def is_loopback(address: str) -> bool:
    """Whether an address or name means this machine only."""
    if address.lower() == "localhost":
        return True
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


def _is_local(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        name = parts.hostname
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return False
    if parts.scheme in _EXTENSIONS:
        return bool(parts.netloc)
    return (
        parts.scheme in ("http", "https")
        and name in _LOCAL_NAMES
        and not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    )


@lru_cache(_REMEMBERED)
def _host_name(host: str) -> str | None:
    try:
        parts = urlsplit(f"//{host.strip()}")
        _ = parts.port
    except ValueError:
        return None
    if parts.netloc != host.strip() or "@" in host or not parts.hostname:
        return None
    return parts.hostname.rstrip(".")


@lru_cache(_REMEMBERED)
def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

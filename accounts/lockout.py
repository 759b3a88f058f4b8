"""The password login of staff takes a few wrong passwords from one address, then a pause.

By address, not by name: nobody can lock somebody else out. DJs come in with Spotify and are not
asked for a password.
"""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

UNKNOWN = "0.0.0.0"  # noqa: S104
NETWORK = 64  # bits of an IPv6 address that one customer has for himself


def address_of(request: HttpRequest) -> str:
    """Behind the proxy of a public installation it is the one that the proxy saw."""
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.IS_PUBLIC:
        seen = request.headers.get("X-Forwarded-For", seen).rpartition(",")[2].strip()
    try:
        address = ip_address(seen)
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((address, NETWORK), strict=False).network_address)
    return str(address)


def nameless(request: HttpRequest, credentials: dict[str, Any]) -> str:
    """Names are not written down: a password is easily typed in the wrong field."""
    return "-"


def refuse(
    request: HttpRequest, answer: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    pause = settings.AXES_COOLOFF_TIME
    minutes = int(pause.total_seconds() // 60)
    refusal = render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)
    refusal["Retry-After"] = str(int(pause.total_seconds()))
    return refusal

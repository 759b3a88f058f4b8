"""Where a DJ may be sent after a login."""

from django.utils.http import url_has_allowed_host_and_scheme


def is_local(url: str) -> bool:
    """A path on this site: no other host, no script."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def local_or_nothing(url: str) -> str:
    return url if is_local(url) else ""

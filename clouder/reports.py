"""What of an error is told to Sentry, when a SENTRY_DSN is set: never what a secret may be in."""

from typing import Any

PARTS_OF_A_REQUEST = ("query_string", "cookies", "data", "env")
HEADERS = ("Accept", "Accept-Language", "Content-Type", "Host", "User-Agent")


def without_secrets(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """An address may carry a code, a header a token, a form both."""
    request = event.get("request") or {}
    for part in PARTS_OF_A_REQUEST:
        request.pop(part, None)
    sent = request.get("headers") or {}
    request["headers"] = {name: sent[name] for name in HEADERS if name in sent}
    return event


def crumb_without_secrets(crumb: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Of what was asked elsewhere, without the query."""
    for name in ("http.query", "http.fragment"):
        (crumb.get("data") or {}).pop(name, None)
    return crumb


OPTIONS: dict[str, Any] = {
    "include_local_variables": False,
    "max_request_body_size": "never",
    "before_send": without_secrets,
    "before_breadcrumb": crumb_without_secrets,
}

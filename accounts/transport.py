"""How a request to Spotify travels: our session, our timeouts, and what each failure means."""

import math
import time
from typing import Any

import requests
from django.conf import settings
from requests.auth import AuthBase
from urllib3.exceptions import MaxRetryError, NewConnectionError

from accounts import errors

LONGEST_RETRY_AFTER = 60 * 60 * 48


class Bearer(AuthBase):
    """The token goes straight into the request: spotipy never has it, so it cannot log it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Session(requests.Session):
    """Never repeats a request, never follows a redirect, never answers with an error status."""

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = settings.USER_AGENT
        self.deadline = math.inf  # of time.monotonic(); after it nothing is sent

    def authorize(self, token: str) -> None:
        self.auth = Bearer(token)

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        is_write = method.upper() != "GET"
        kwargs["timeout"] = settings.HTTP_TIMEOUT
        if time.monotonic() > self.deadline:
            raise errors.Unreachable
        try:
            answer = super().request(method, url, allow_redirects=False, **kwargs)
        except requests.RequestException as problem:
            raise failure(problem, is_write=is_write) from None
        if answer.status_code >= 300:
            raise refusal(answer, is_write=is_write)
        return answer


def failure(problem: requests.RequestException, *, is_write: bool) -> errors.SpotifyError:
    if never_left(problem):
        return errors.Unreachable()
    return errors.Ambiguous() if is_write else errors.Unavailable()


def never_left(problem: requests.RequestException) -> bool:
    cause = problem.args[0] if problem.args else None
    return isinstance(problem, requests.ConnectTimeout) or (
        isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    )


def refusal(answer: requests.Response, *, is_write: bool) -> errors.SpotifyError:
    status = answer.status_code
    message, reason = complaint(answer)
    if status == 401:
        return errors.Unauthorized()
    if status == 403:
        return forbidden(f"{message} {reason}".lower())
    if status == 404:
        return errors.Gone()
    if status == 429:
        return errors.TooManyRequests(
            retry_after=retry_after(answer), is_quota=reason == "QUOTA_EXCEEDED"
        )
    if 400 <= status < 500:
        return errors.Refused(without_token(message, answer.request))
    if status >= 500 and is_write:
        return errors.Ambiguous()
    return errors.Unavailable()


def without_token(words: str, request: requests.PreparedRequest) -> str:
    """What Spotify says is stored and shown; it may repeat what it was asked with."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return words.replace(token, "…") if token else words


def forbidden(words: str) -> errors.SpotifyError:
    """A 403 seldom says why."""
    if "scope" in words:
        return errors.NeedsReconnect(
            "Spotify wants your consent again for what Clouder does. Reconnect in the settings."
        )
    if "premium" in words:
        return errors.PremiumRequired()
    return errors.NotAllowed()


def complaint(answer: requests.Response) -> tuple[str, str]:
    """Message and reason of an error body, which may be JSON of two kinds, text, HTML or empty."""
    try:
        body = answer.json()
    except ValueError:
        return "", ""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or ""), str(error.get("reason") or "")
    return (error, "") if isinstance(error, str) else ("", "")


def retry_after(answer: requests.Response) -> int | None:
    """Seconds, or None where the header is missing or no plain number."""
    value = answer.headers.get("Retry-After", "").strip()
    if not (value.isascii() and value.isdigit()):
        return None
    return int(value[:9]) if int(value[:9]) < LONGEST_RETRY_AFTER else LONGEST_RETRY_AFTER

"""A secret on its way from the answer of a form to the page that shows it.

It travels in a cookie of the one browser that is to see it, encrypted and for a minute, so that it
stands in no address, no log and no table.
"""

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.fields import cipher
from accounts.models import User

COOKIE = "__Secure-shown_once" if settings.IS_PUBLIC else "shown_once"
SECONDS = 60


def hand_over(answer: HttpResponse, *, secret: str, user: User) -> None:
    answer.set_cookie(
        COOKIE,
        cipher().encrypt(f"{user.pk} {secret}".encode()).decode(),
        max_age=SECONDS,
        path=reverse("settings"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def take(request: HttpRequest) -> str:
    """The secret, or nothing when there is none, it is too old, or it is another DJ's."""
    try:
        opened = cipher().decrypt(request.COOKIES.get(COOKIE, "").encode(), ttl=SECONDS).decode()
    except InvalidToken:
        return ""
    owner, _, secret = opened.partition(" ")
    return secret if owner == str(request.user.pk) else ""


def forget(request: HttpRequest, answer: HttpResponse) -> None:
    if COOKIE in request.COOKIES:
        answer.delete_cookie(COOKIE, path=reverse("settings"), samesite="Strict")

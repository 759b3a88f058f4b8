"""A login as a browser does it: our form, Spotify's page, the way back."""

from typing import Any
from urllib.parse import urlsplit

import requests
from django.test import Client

HOST = {"host": "127.0.0.1:8000"}


def leave_for_spotify(client: Client, **form: str) -> str:
    """The address of Spotify's page."""
    answer = client.post("/accounts/spotify/login/", form, headers=HOST)
    assert answer.status_code == 302, answer.content
    return answer["Location"]


def decide(authorize_url: str, *, dj: str = "nadja", answer: str = "agree") -> str:
    """Presses a button on Spotify's page. Returns the way back, a path with a query."""
    form = {"listener": dj, "answer": answer}
    sent = requests.post(authorize_url, data=form, timeout=10, allow_redirects=False)
    assert sent.status_code == 302, sent.text
    back = urlsplit(sent.headers["Location"])
    return f"{back.path}?{back.query}"


def come_back(client: Client, path: str) -> Any:
    return client.get(path, headers=HOST)


def log_in(client: Client, *, dj: str = "nadja", **form: str) -> Any:
    """The whole walk. Returns our answer to the way back."""
    return come_back(client, decide(leave_for_spotify(client, **form), dj=dj))

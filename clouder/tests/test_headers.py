"""What answers tell browsers: strictly on https, and on a laptop as far as http goes."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

PUBLIC = {
    "ALLOWED_HOSTS": "clouder.example",
    "SECRET_KEY": "x" * 60,
    "FIELD_ENCRYPTION_KEYS": settings.FIELD_ENCRYPTION_KEYS[0],
    "SPOTIFY_CLIENT_ID": "id",
    "SPOTIFY_CLIENT_SECRET": "secret",
    "DJANGO_SETTINGS_MODULE": "clouder.settings",
}
ASK = """
import json, django; django.setup()
from django.conf import settings
from django.test import Client
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
from accounts import shown_once
client = Client(headers={"host": "clouder.example"})
plain, page = client.get("/login/"), client.get("/login/", secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain["Location"]],
    "headers": dict(page.headers),
    "cookies": {name: dict(one) for name, one in page.cookies.items()},
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE],
    "shown_once": shown_once.COOKIE,
}))
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory) -> dict:
    """What a public installation with Spotify keys answers, in a process of its own."""
    environment = {
        **os.environ,
        **PUBLIC,
        "TEST_FOLDER": "set",  # whose .env there is does not matter
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_http_leads_to_https_and_browsers_remember_it(public):
    assert public["plain"] == [301, "https://clouder.example/login/"]
    held = public["headers"]["Strict-Transport-Security"]
    assert held == "max-age=31536000; includeSubDomains; preload"


def test_cookies_belong_to_this_host_alone(public):
    csrf = public["cookies"]["__Host-csrftoken"]

    assert (csrf["secure"], csrf["path"], csrf["domain"]) == (True, "/", "")
    assert public["session"] == ["__Host-sessionid", True]
    assert public["shown_once"] == "__Secure-shown_once"


def test_nothing_comes_from_elsewhere_but_the_player_and_the_pictures(public):
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in public["headers"]["Content-Security-Policy"].split(";")
    )

    assert "unsafe" not in str(policy)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"].split() == [
        "'self'",
        "https://open.spotify.com",
        "https://embed-cdn.spotifycdn.com",
    ]
    assert policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"].split() == ["'self'", "https://accounts.spotify.com"]


def test_pages_tell_others_little_and_may_little(public):
    headers = public["headers"]

    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    allowed = dict(part.split("=") for part in headers["Permissions-Policy"].split(", "))
    assert {allowed[name] for name in ("camera", "microphone", "geolocation", "payment")} == {"()"}
    assert '"https://open.spotify.com"' in allowed["encrypted-media"]


def test_a_laptop_works_over_http(client, db):
    answer = client.get("/login/")

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert not answer.cookies["csrftoken"]["secure"]
    assert "camera=()" in answer["Permissions-Policy"]

"""Another process of the installation: it gets ready, waits for a line, does one thing, says so.

`python -m accounts.tests.elsewhere refresh PK` or `… take BUCKET TIMES`.
"""

import json
import os
import subprocess
import sys
from typing import Any, Self

import django


class Elsewhere:
    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, *map(str, arguments)],
            env={**os.environ, "TEST_DATABASE_READY": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def until_ready(self) -> Self:
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"
        return self

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self) -> Any:
        output, _ = self.process.communicate(timeout=60)
        return json.loads(output)


def together(*others: Elsewhere) -> list[Any]:
    """Lets all of them go at the same moment."""
    for other in others:
        other.until_ready()
    for other in others:
        other.go()
    return [other.result() for other in others]


def refresh(pk: str) -> str:
    from accounts import connection
    from accounts.errors import SpotifyError
    from accounts.models import SpotifyCredential

    credential = SpotifyCredential.objects.get(pk=pk)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        return connection.access_token(credential)
    except SpotifyError as error:
        return type(error).__name__


def take(bucket: str, times: str) -> list[str]:
    from accounts import quota
    from accounts.errors import SpotifyError

    print("ready", flush=True)
    sys.stdin.readline()
    happened = []
    for _ in range(int(times)):
        try:
            quota.take(bucket)
            happened.append("taken")
        except SpotifyError as error:
            happened.append(type(error).__name__)
    return happened


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clouder.test_settings")
    django.setup()
    print(json.dumps({"refresh": refresh, "take": take}[sys.argv[1]](*sys.argv[2:])))

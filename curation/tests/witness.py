"""A second client of Spotify's: plain requests, a token of its own, nothing of ours."""

from collections.abc import Iterator
from typing import Any

import requests


class Witness:
    def __init__(self, sandbox: Any, dj: str) -> None:
        token = sandbox.post(f"users/{dj}/tokens")["access_token"]
        self.address = f"{sandbox.url}/spotify/v1"
        self.headers = {"Authorization": f"Bearer {token}"}

    def playlists(self) -> dict[str, list[str]]:
        """Name and uris of all playlists in the DJ's library."""
        return {
            held["name"]: [row["item"]["uri"] for row in self.rows(f"playlists/{held['id']}/items")]
            for held in self.rows("me/playlists")
        }

    def rows(self, path: str) -> Iterator[dict[str, Any]]:
        following = f"{self.address}/{path}?limit=50"
        while following:
            answer = requests.get(following, headers=self.headers, timeout=10)
            answer.raise_for_status()
            page = answer.json()
            yield from page["items"]
            following = page["next"]

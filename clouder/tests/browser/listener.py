"""A second client of the sandbox, which shares no code with the application.

It looks at a DJ's playlists as Spotify's Web API shows them.
"""

import requests


class Listener:
    def __init__(self, sandbox_url: str, name: str) -> None:
        self.url = sandbox_url
        self.http = requests.Session()
        granted = self.http.post(f"{sandbox_url}/_/users/{name}/tokens", json={}, timeout=10)
        self.http.headers["Authorization"] = f"Bearer {granted.json()['access_token']}"

    def rows(self, path: str) -> list[dict]:
        """All pages of a list, read anew where it changed between two of them."""
        for _ in range(10):
            rows, total = self.pages(path)
            if len(rows) == total:
                return rows
        raise AssertionError(f"{path} tells of {total} rows and has {len(rows)}")

    def pages(self, path: str) -> tuple[list[dict], int]:
        """The rows, and how many there are by the last page."""
        rows: list[dict] = []
        while True:
            answer = self.http.get(
                f"{self.url}/spotify/v1/{path}",
                params={"limit": 50, "offset": len(rows)},
                timeout=10,
            )
            answer.raise_for_status()
            body = answer.json()
            rows += body["items"]
            if not body["next"]:
                return rows, body["total"]

    def library(self) -> dict[str, list[str]]:
        """Name of each playlist in the library → the uris in it, in order."""
        playlists = self.rows("me/playlists")
        names = [playlist["name"] for playlist in playlists]
        assert len(names) == len(set(names)), f"a playlist stands there twice: {names}"
        return {playlist["name"]: self.uris(playlist["id"]) for playlist in playlists}

    def uris(self, playlist_id: str) -> list[str]:
        return [row["item"]["uri"] for row in self.rows(f"playlists/{playlist_id}/items")]

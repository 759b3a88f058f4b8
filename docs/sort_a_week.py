"""Sorts a week by tempo, through the JSON API alone: a small example, and all that a DJ can do.

    export CLOUDER_URL=http://127.0.0.1:8000 CLOUDER_TOKEN=clouder_…
    python docs/sort_a_week.py --style techno --week 2026-W47

Needs Python and nothing else. Every decision carries an id that is made of what is decided. So the
script may be stopped anywhere and started again: it goes on where it was, decides nothing twice,
and leaves alone what you have changed since, also a track that you have put back into Bronze.
"""

import argparse
import json
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

# From this tempo on, in BPM. A track without a tempo is among the slowest.
RULE = [(0, "Warm Up"), (132, "Groove"), (137, "Peak Time")]
PATIENCE = [1, 2, 4, 8]  # seconds before the same request is sent again


class Refused(Exception):
    """Clouder said no, and why."""


class Clouder:
    def __init__(self, url: str, token: str) -> None:
        self.url = f"{url.rstrip('/')}/api"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self.ask("POST", path, body)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer. Where none came, the same is asked again: nothing here is done twice."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, self.headers, method=method)  # noqa: S310
        for pause in [*PATIENCE, None]:
            try:
                with urlopen(request, timeout=30) as answer:  # noqa: S310
                    return json.load(answer)
            except HTTPError as refusal:
                if refusal.code < 500:
                    raise Refused(sentence(refusal)) from None
                trouble = f"{refusal.code} {refusal.reason}"
            except (URLError, TimeoutError, ConnectionError) as failure:
                trouble = str(failure)
            if pause is None:
                break
            time.sleep(pause)
        raise Refused(f"Clouder does not answer: {trouble}")

    def all(self, path: str) -> Iterator[Any]:
        """A long list, page by page. Nothing may be moved while it is read."""
        offset = 0
        while True:
            page = self.get(f"{path}&limit=100&offset={offset}")
            yield from page["items"]
            offset += len(page["items"])
            if offset >= page["count"] or not page["items"]:
                return


def sentence(refusal: HTTPError) -> str:
    try:
        return json.load(refusal)["detail"]
    except (ValueError, KeyError, TypeError):
        return f"{refusal.code} {refusal.reason}"


def category_for(track: dict[str, Any]) -> str:
    tempo = track["bpm"] or 0
    return [name for slowest, name in RULE if slowest <= tempo][-1]


def decision_id(*what: object) -> str:
    """The same decision always has the same id."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, ("sort_a_week", *what)))))


def ensure_categories(clouder: Clouder, slug: str) -> None:
    style = next((style for style in clouder.get("/styles") if style["slug"] == slug), None)
    if style is None:
        raise Refused(f"There is no style {slug}.")
    path = f"/styles/{style['id']}/categories"
    known = {category["name"] for category in clouder.get(path)}
    for _, name in RULE:
        if name not in known:
            clouder.post(path, name=name)


def open_week(clouder: Clouder, style: str, year: int, week: int) -> dict[str, Any]:
    period = clouder.post("/curation/periods", style=style, year=year, week=week)
    print(f"{period['style']['name']}, {period['first_day']} to {period['last_day']}")
    return period


def wait_for_music(clouder: Clouder, path: str) -> None:
    said = ""
    while True:
        arrival = clouder.get(path)["arrival"]
        expected = arrival["expected"] if arrival["expected"] is not None else "?"
        fetched = f"{arrival['collected']} of {expected} fetched"
        state = f"{fetched}, {arrival['waiting']} to look up at Spotify"
        if state != said:
            print(state, flush=True)
            said = state
        if not arrival["goes_on"]:
            return
        time.sleep(0.5)


def sort(clouder: Clouder, path: str) -> None:
    playlists = {one["category"]["name"]: one["id"] for one in clouder.get(f"{path}/playlists")}
    bronze = list(clouder.all(f"{path}/tracks?status=UNSORTED"))
    for number, row in enumerate(bronze, start=1):
        name = category_for(row["track"])
        decided = decision_id("move", row["id"], playlists[name])
        clouder.post(
            f"/curation/tracks/{row['id']}/move",
            period_playlist_id=playlists[name],
            client_move_id=decided,
        )
        print(f"{number}/{len(bronze)} {name}: {described(row['track'])}", flush=True)
    if left := clouder.get(f"{path}/tracks?status=UNSORTED&limit=1")["count"]:
        print(f"{left} in Bronze: put back by you, or just arrived.")


def described(track: dict[str, Any]) -> str:
    artists = ", ".join(credit["name"] for credit in track["artists"] if credit["role"] == "artist")
    return f"{artists} – {track['title']} ({track['mix_name']}), {track['bpm']} BPM"


def promote(clouder: Clouder, path: str, number: int) -> None:
    """The first ones of each playlist, in the order of the week."""
    by_id = {one["id"]: one["category"] for one in clouder.get(f"{path}/playlists")}
    seen: Counter[int] = Counter()
    for row in clouder.all(f"{path}/tracks?status=SORTED"):
        playlist = row["period_playlist_id"]
        seen[playlist] += 1
        if by_id[playlist]["is_trash"] or seen[playlist] > number or row["promoted_at"]:
            continue
        decided = decision_id("promote", row["id"], playlist)
        clouder.post(f"/curation/tracks/{row['id']}/promote", client_move_id=decided)
        print(f"Golden, {by_id[playlist]['name']}: {described(row['track'])}", flush=True)


def close(clouder: Clouder, path: str, *, keep: bool) -> None:
    try:
        clouder.post(f"{path}/close", stays_on_spotify=keep)
    except Refused:
        if clouder.get(path)["status"] != "CLOSED":  # by our own request, whose answer was lost
            raise


def report(period: dict[str, Any]) -> None:
    lying = ", ".join(f"{number} {layer}" for layer, number in period["tracks"].items())
    print(f"{period['status'].capitalize()}: {lying}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Sorts a week by tempo.")
    parser.add_argument("--style", default="techno", help="its slug, as in the address of its page")
    parser.add_argument("--week", default=last_full_week(), help="as in %(default)s")
    parser.add_argument("--promote", type=int, default=1, help="tracks of each category")
    parser.add_argument("--keep", action="store_true", help="leave the playlists in Spotify")
    return parser.parse_args()


def last_full_week() -> str:
    year, week, _ = (date.today() - timedelta(weeks=1)).isocalendar()  # noqa: DTZ011
    return f"{year}-W{week:02}"


def main() -> None:
    asked = arguments()
    monday = date.fromisoformat(f"{asked.week}-1")
    year, week, _ = monday.isocalendar()
    clouder = Clouder(os.environ["CLOUDER_URL"], os.environ["CLOUDER_TOKEN"])
    ensure_categories(clouder, asked.style)
    period = open_week(clouder, asked.style, year, week)
    path = f"/curation/periods/{period['id']}"
    if period["status"] != "CLOSED":
        wait_for_music(clouder, path)
        sort(clouder, path)
        promote(clouder, path, asked.promote)
        close(clouder, path, keep=asked.keep)
    report(clouder.get(path))


if __name__ == "__main__":
    try:
        main()
    except Refused as refusal:
        sys.exit(str(refusal))

"""A DJ with a week and a real connection to the sandbox; shared by the tests of the mirror."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count, islice
from typing import Any

from django.utils import timezone

from accounts.gateway import Gateway
from accounts.models import QuotaBucket, QuotaPace, User
from accounts.tests.factories import connect
from catalog.models import Entity, ExternalData, Provider, SpotifyMatch, Track
from curation import golden, mirror, moves
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredPlaylist,
    PeriodPlaylist,
)
from curation.tests.factories import CurationPeriodFactory, playlist_of
from curation.tests.witness import Witness

# A week that no other test fetches; big enough for long playlists.
NUMBERS = count(90_000_000)
GENRE, YEAR, WEEK, TRACKS = 6, 2026, 40, 700


def uris_of_the_sandbox(sandbox: Any, *, tracks: int = TRACKS) -> list[str]:
    sandbox.post("weeks", genre_id=GENRE, year=YEAR, week=WEEK, tracks=tracks)
    truth = sandbox.get("truth", genre_id=GENRE, year=YEAR, week=WEEK)
    ids = {id for row in truth.values() for id in row["same"] if id not in row["late"]}
    return [f"spotify:track:{id}" for id in sorted(ids)]


class Desk:
    """What a DJ does, and what Spotify makes of it."""

    def __init__(
        self,
        sandbox: Any,
        uris: list[str],
        dj: str = "nadja",
        names: Sequence[str] = ("Warm Up", "Peak Time"),
    ) -> None:
        self.sandbox = sandbox
        self.dj = dj
        self.uris = iter(uris)
        self.user: User = connect(None, sandbox, dj)
        self.period: CurationPeriod = CurationPeriodFactory(user=self.user, categories=names)

    # Music

    def fill(self, size: int, *, uris: Sequence[str] | None = None) -> list[CurationTrack]:
        """That many matched tracks in Bronze."""
        uris = list(uris or [next(self.uris) for _ in range(size)])
        tracks = Track.objects.bulk_create(
            Track(beatport_id=number, title=f"Title {number}", recording_key=f"text:{number}")
            for number in islice(NUMBERS, size)
        )
        self.match(tracks, uris)
        added = CurationTrack.objects.bulk_create(
            CurationTrack(
                curation_period=self.period,
                track=track,
                recording_key=track.recording_key,
                position=track.pk,
            )
            for track in tracks
        )
        mirror.mark_changed(self.period, bronze=True)
        return added

    def match(self, tracks: Sequence[Track], uris: Sequence[str]) -> None:
        now = timezone.now()
        SpotifyMatch.objects.bulk_create(
            [
                SpotifyMatch(track=track, state=SpotifyMatch.State.MATCHED, matched_at=now)
                for track in tracks
            ],
            update_conflicts=True,
            unique_fields=["track"],
            update_fields=["state", "matched_at"],
        )
        ExternalData.objects.bulk_create(
            ExternalData(
                provider=Provider.SPOTIFY,
                entity_type=Entity.TRACK,
                entity_id=track.pk,
                external_id=uri.rpartition(":")[2],
                uri=uri,
                fetched_at=now,
            )
            for track, uri in zip(tracks, uris, strict=True)
        )

    # Decisions

    def playlist(self, name: str) -> PeriodPlaylist:
        return playlist_of(self.period, name)

    def sort(self, tracks: Sequence[CurationTrack], name: str | None) -> None:
        to = self.playlist(name) if name else None
        for track in tracks:
            moves.move_track(user=self.user, track=track, to=to)

    def promote(self, tracks: Sequence[CurationTrack]) -> None:
        golden.promote(user=self.user, tracks=[moves.as_it_is_now(track) for track in tracks])

    # Time and Spotify

    def time_passes(self) -> None:
        """Everything that waits for its time has waited long enough."""
        past = timezone.now() - timedelta(seconds=1)
        QuotaBucket.objects.update(closed_until=None)
        QuotaPace.objects.update(free_at=past)
        waiting = MirroredPlaylist.objects.filter(user=self.user)
        waiting.update(due_at=past)
        waiting.filter(retry_at__isnull=False).update(retry_at=past)
        waiting.filter(claimed_until__isnull=False).update(claimed_until=past)
        for playlist in waiting.filter(in_flight__isnull=False):
            playlist.in_flight["sure_at"] = past.isoformat()
            playlist.save(update_fields=["in_flight"])

    def send_once(self) -> int:
        self.time_passes()
        return mirror.send_due(user_id=self.user.pk, seconds=60)

    def send(self, rounds: int = 40) -> None:
        """Until nothing waits."""
        for _ in range(rounds):
            self.send_once()
            if not MirroredPlaylist.objects.filter(user=self.user).waiting().exists():
                return
        raise AssertionError(f"still waiting: {self.rows()}")

    def rows(self) -> list[MirroredPlaylist]:
        return list(MirroredPlaylist.objects.filter(user=self.user).order_by("pk"))

    def row(self, layer: str = "bronze", name: str | None = None) -> MirroredPlaylist:
        rows = MirroredPlaylist.objects.filter(user=self.user, layer=layer)
        if layer == "silver":
            rows = rows.filter(period_playlist__user_category__name=name)
        elif layer == "golden":
            rows = rows.filter(user_category__name=name)
        return rows.get()

    def held(self) -> list[dict[str, Any]]:
        """All playlists of the DJ at Spotify."""
        return self.sandbox.get(f"playlists/{self.dj}")

    def at_spotify(self) -> dict[str, list[str]]:
        """Name and uris of each playlist in the DJ's library."""
        held = [playlist for playlist in self.held() if playlist["in_library"]]
        assert len({playlist["name"] for playlist in held}) == len(held)
        return {playlist["name"]: playlist["items"] for playlist in held}

    def assert_witnessed(self) -> None:
        """A second client finds the same in the DJ's account, item by item."""
        ours = {name: uris for name, uris in self.ours().items() if uris}
        assert {k: v for k, v in Witness(self.sandbox, self.dj).playlists().items() if v} == ours

    def ours(self) -> dict[str, list[str]]:
        """What should be there, told without the mirror."""
        week = f"{self.period.style.name} W46 2026"
        should = {f"{week} · Bronze": self.uris_of(self.period.tracks.unsorted(), "position")}
        for playlist in self.period.playlists.exclude(user_category__is_trash=True):
            silver = playlist.tracks.filter(promoted_at=None)
            should[f"{week} · {playlist}"] = self.uris_of(silver, "sorted_at")
        for category in self.user.categories.exclude(is_trash=True):
            kept = GoldenTrack.objects.filter(user_category=category)
            name = f"{self.period.style.name} · {category}"
            should[name] = self.uris_of(kept, "added_at")
        return should

    def uris_of(self, rows: Any, order: str) -> list[str]:
        ids = list(rows.order_by(order, "pk").values_list("track_id", flat=True))
        uris = dict(
            ExternalData.objects.filter(
                provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id__in=ids
            ).values_list("entity_id", "uri")
        )
        return [uris[id] for id in ids if id in uris]

    # The DJ in Spotify

    def add_by_hand(self, name: str, uri: str) -> None:
        held = next(playlist for playlist in self.held() if playlist["name"] == name)
        Gateway.of(self.user).add_items(held["id"], [uri])
        self.forget_calls()

    def remove_by_hand(self, name: str, uri: str) -> None:
        held = next(playlist for playlist in self.held() if playlist["name"] == name)
        Gateway.of(self.user).remove_items(held["id"], [uri])
        self.forget_calls()

    def edit_by_hand(self, name: str, /, **values: Any) -> None:
        held = next(playlist for playlist in self.held() if playlist["name"] == name)
        self.sandbox.post(f"playlists/{self.dj}", id=held["id"], **values)

    def delete_by_hand(self, name: str) -> None:
        held = next(playlist for playlist in self.held() if playlist["name"] == name)
        Gateway.of(self.user).take_off_library([f"spotify:playlist:{held['id']}"])
        self.forget_calls()

    def reconnect(self) -> None:
        connect(None, self.sandbox, self.dj)
        self.user = User.objects.get(pk=self.user.pk)

    def calls(self, method: str = "", path: str = "") -> list[tuple[str, str]]:
        """What was asked of Spotify since the log was cleared."""
        log = self.sandbox.get("log", side="spotify")
        asked = [(row["method"], row["path"].removeprefix("/spotify/v1")) for row in log]
        return [call for call in asked if call[0].startswith(method) and path in call[1]]

    def forget_calls(self) -> None:
        self.sandbox.delete("log")

    def assert_in_step(self) -> None:
        """Item by item and in order; what holds nothing may be there or not."""
        held = self.at_spotify()
        for name, uris in self.ours().items():
            assert held.pop(name, []) == uris, name
        assert held == {}
        for playlist in self.rows():
            assert playlist.in_flight is None
            assert playlist.claimed_until is None
            assert playlist.sent == playlist.wanted

"""The catalogue as one DJ sees it: each track with what the DJ did with its recording."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.models import User
from catalog import search
from catalog.models import Artist, Label, Track, TrackArtist
from catalog.search import Question
from curation import links
from curation.models import CurationTrack, GoldenTrack, Move

MOVES_SHOWN = 50
RELEASES_SHOWN = 30
SORTED = CurationTrack.Status.SORTED


@dataclass(frozen=True)
class Place:
    """Where the DJ has a recording, in the week sorted last."""

    row: CurationTrack

    @property
    def layer(self) -> str:
        if self.row.promoted_at:
            return "golden"
        playlist = self.row.current_silver_playlist
        if playlist is None:
            return "bronze"
        return "trash" if playlist.user_category.is_trash else "silver"

    @property
    def name(self) -> str:
        playlist = self.row.current_silver_playlist
        return str(playlist.user_category) if playlist else "Bronze"


@dataclass(frozen=True)
class Line(links.Linked):
    """A track with all that its line shows."""

    found: Track
    spotify_uri: str
    place: Place | None
    found_in: list[str]

    @property
    def track(self) -> Track:
        return self.found

    @property
    def is_foreign(self) -> bool:
        return self.place is None


@dataclass(frozen=True)
class Keeping:
    """How many recordings the DJ decided about, and how many of them stayed out of Trash."""

    heard: int
    kept: int
    golden: int

    @property
    def percent(self) -> int | None:
        return self.kept * 100 // self.heard if self.heard else None


def of_artist(artist: Artist) -> QuerySet[Track]:
    """As artist or as remixer; the newest first."""
    credited = TrackArtist.objects.filter(artist=artist).values("track")
    return _in_order(Track.objects.filter(pk__in=credited))


def of_label(label: Label) -> QuerySet[Track]:
    return _in_order(Track.objects.filter(release__label=label))


def _in_order(tracks: QuerySet[Track]) -> QuerySet[Track]:
    """A release's tracks together."""
    newest = F("published_on").desc(nulls_last=True)
    return tracks.order_by(newest, F("release").desc(nulls_last=True), "beatport_id")


def keeping(user: User, tracks: QuerySet[Track]) -> Keeping:
    """Each recording once, in however many weeks it came."""
    kept = Q(current_silver_playlist__user_category__is_trash=False)
    rows = CurationTrack.objects.filter(
        curation_period__user=user, status=SORTED, track__in=tracks.order_by().values("pk")
    )
    return Keeping(
        **rows.aggregate(
            heard=Count("recording_key", distinct=True),
            kept=Count("recording_key", distinct=True, filter=kept),
            golden=Count("recording_key", distinct=True, filter=Q(promoted_at__isnull=False)),
        )
    )


def described(tracks: QuerySet[Track]) -> QuerySet[Track]:
    credits = Prefetch("credits", TrackArtist.objects.select_related("artist"))
    return tracks.select_related("release__label", "match").prefetch_related(credits)


def lines(user: User, pks: Iterable[int], *, asked: Question | None = None) -> list[Line]:
    """In the order of the ids, in a fixed number of queries."""
    in_order = list(pks)
    shown = described(Track.objects.all()).in_bulk(in_order)
    uris = links.accepted_uris(shown.values())
    where = places(user, shown.values())
    return [
        Line(
            shown[pk],
            uris.get(pk, ""),
            where.get(shown[pk].recording_key),
            search.places(shown[pk], asked) if asked else [],
        )
        for pk in in_order
        if pk in shown
    ]


def places(user: User, tracks: Iterable[Track]) -> dict[str, Place]:
    """By recording key: the DJ's own rows only, the latest decision counts."""
    rows = rows_of(user, [track.recording_key for track in tracks])
    in_turn = sorted(rows, key=lambda row: (row.sorted_at is not None, row.sorted_at, row.pk))
    return {row.recording_key: Place(row) for row in in_turn}


def rows_of(user: User, keys: Iterable[str]) -> QuerySet[CurationTrack]:
    """The DJ's weeks that these recordings came in, the newest first."""
    return (
        CurationTrack.objects.filter(curation_period__user=user, recording_key__in=list(keys))
        .select_related("curation_period__style", "current_silver_playlist__user_category")
        .order_by("-curation_period__year", "-curation_period__week", "-pk")
    )


@dataclass(frozen=True)
class History:
    """What one DJ did with a recording."""

    places: list[Place]
    golden: list[GoldenTrack]
    moves: list[Move]

    @classmethod
    def of(cls, user: User, track: Track) -> "History":
        own_moves = Move.objects.filter(
            curation_track__curation_period__user=user,
            curation_track__recording_key=track.recording_key,
        ).select_related(
            "curation_track__curation_period__style",
            "from_playlist__user_category",
            "to_playlist__user_category",
        )
        kept = GoldenTrack.objects.filter(
            user_category__user=user, track__recording_key=track.recording_key
        ).select_related("user_category__style")
        return cls(
            places=[Place(row) for row in rows_of(user, [track.recording_key])],
            golden=list(kept.order_by("-added_at", "-pk")),
            moves=list(own_moves.order_by("-pk")[:MOVES_SHOWN]),
        )


def elsewhere(track: Track) -> list[Track]:
    """Other tracks of the same recording, the first on sale first."""
    same = Track.objects.filter(recording_key=track.recording_key).exclude(pk=track.pk)
    first = F("published_on").asc(nulls_last=True)
    return list(
        same.select_related("release__label").order_by(first, "beatport_id")[:RELEASES_SHOWN]
    )


def credited(track: Track, role: Any) -> list[Artist]:
    credits = sorted(track.credits.all(), key=lambda one: one.position)
    return [one.artist for one in credits if one.role == role]

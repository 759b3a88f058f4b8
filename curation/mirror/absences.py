"""What the DJ took off Golden in Spotify: asked about here, never restored by itself."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from curation.mirror import outbox
from curation.models import Absence, GoldenTrack, UserCategory


def absent(category: UserCategory) -> QuerySet[GoldenTrack]:
    """Kept here, no longer there, in the order they were kept. A later promotion ends the
    question."""
    noticed = Absence.objects.filter(
        playlist__user_category=category,
        track=OuterRef("track"),
        noticed_at__gte=OuterRef("added_at"),
    )
    return category.golden_tracks.filter(Exists(noticed)).order_by("added_at", "pk")


def categories_to_ask(user: User) -> QuerySet[UserCategory]:
    """Whose Golden playlist lacks something."""
    kept = GoldenTrack.objects.filter(
        user_category=OuterRef("playlist__user_category"),
        track=OuterRef("track"),
        added_at__lte=OuterRef("noticed_at"),
    )
    asked = Absence.objects.filter(Exists(kept), playlist__user=user)
    found = UserCategory.objects.filter(pk__in=asked.values("playlist__user_category"))
    return found.select_related("style").order_by("pk")


def move_absences(source: UserCategory, into: UserCategory) -> list[int]:
    """The question goes along with the track, unless the other category keeps it anyway.

    Returns the ids of those that went.
    """
    there = getattr(into, "golden_playlist", None)
    asked = Absence.objects.filter(
        playlist__user_category=source, track__in=source.golden_tracks.values("track")
    )
    if there is None:
        return []
    going = asked.exclude(track__in=there.absences.values("track")).values_list("pk", flat=True)
    moved = list(going)
    Absence.objects.filter(pk__in=moved).update(playlist=there)
    return moved


def take_absences_back(category: UserCategory, absences: list[int]) -> None:
    Absence.objects.filter(pk__in=absences).update(playlist=category.golden_playlist)


@transaction.atomic
def put_back(category: UserCategory, kept: Iterable[GoldenTrack]) -> int:
    """Back into the playlist in Spotify; returns how many."""
    tracks = [one.track_id for one in kept]
    Absence.objects.filter(playlist__user_category=category, track__in=tracks).delete()
    if tracks:
        outbox.mark_golden(category)
    return len(tracks)

"""Labels and artists that always go to Trash: set by a DJ for a style, applied to what arrives."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from catalog.models import Artist, Label, Track, TrackArtist
from curation import moves
from curation.models import (
    CurationPeriod,
    CurationTrackQuerySet,
    Move,
    Style,
    TrashRule,
)


@dataclass(frozen=True)
class Offer:
    """A rule that the card in sight suggests; `in_bronze` is what it trashes at once."""

    field: str  # label or artist
    about: Label | Artist
    in_bronze: int
    is_set: bool


def offers(period: CurationPeriod, track: Track) -> list[Offer]:
    """The label first, then the artists, without remixers."""
    named: list[Label | Artist] = []
    if track.release and track.release.label:
        named.append(track.release.label)
    credits = track.credits.filter(role=TrackArtist.Role.ARTIST).select_related("artist")
    named += [credit.artist for credit in credits.order_by("position")]
    standing = of_style(period.user, period.style)
    is_set = {one.label or one.artist for one in standing}
    return [
        Offer(
            field="label" if isinstance(one, Label) else "artist",
            about=one,
            in_bronze=music_of(period, one).unsorted().count(),
            is_set=one in is_set,
        )
        for one in named
    ]


def of_style(user: User, style: Style) -> QuerySet[TrashRule]:
    """In the order in which they were set."""
    found = user.trash_rules.filter(style=style)
    return found.select_related("label", "artist").order_by("pk")


@transaction.atomic
def always_trash(period: CurationPeriod, about: Label | Artist) -> list[Move]:
    """Sets the rule and sends to Trash what Bronze has of it: one action, undone with the rule.

    Set again, it sends what was put back into Bronze since. Raises Conflict for a closed week.
    """
    period = moves.begin(period)
    action_id = uuid.uuid4()
    field = "label" if isinstance(about, Label) else "artist"
    TrashRule.objects.get_or_create(
        user_id=period.user_id,
        style_id=period.style_id,
        **{field: about},
        defaults={"action_id": action_id},
    )
    log = moves.trash(
        period, music_of(period, about), action_id=action_id, cause=Move.Cause.NEW_RULE
    )
    moves.settle(period, log, golden=())
    return log


def apply(period: CurationPeriod, *, above: int) -> int:
    """Trashes what came at later positions; returns how many. The caller holds the week."""
    if not rules_for(period).exists():
        return 0
    arrived = period.tracks.filter(caught(period), position__gt=above)
    return len(moves.trash(period, arrived, action_id=uuid.uuid4(), cause=Move.Cause.RULE))


def rules_for(period: CurationPeriod) -> QuerySet[TrashRule]:
    return TrashRule.objects.filter(user=period.user_id, style=period.style_id)


def caught(period: CurationPeriod) -> Q:
    rules = rules_for(period)
    labels = rules.filter(label__isnull=False).values("label")
    artists = rules.filter(artist__isnull=False).values("artist")
    return Q(track__release__label__in=labels) | by(artist__in=artists)


def music_of(period: CurationPeriod, about: Label | Artist) -> CurationTrackQuerySet:
    if isinstance(about, Label):
        return period.tracks.filter(track__release__label=about)
    return period.tracks.filter(by(artist=about))


def by(**artist: Artist | QuerySet) -> Q:
    """Who made it; a remixer of it is not meant."""
    credits = TrackArtist.objects.filter(role=TrackArtist.Role.ARTIST, **artist)
    return Q(Exists(credits.filter(track=OuterRef("track"))))


def trashed(period: CurationPeriod) -> int:
    """How many lie in Trash because of a rule."""
    by_rule = Move.objects.filter(
        curation_track=OuterRef("pk"),
        undone_at=None,
        cause__in=[Move.Cause.NEW_RULE, Move.Cause.RULE],
    )
    in_trash = period.tracks.filter(current_silver_playlist__user_category__is_trash=True)
    return in_trash.filter(Exists(by_rule)).count()

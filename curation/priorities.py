"""Which tracks the errand looks up first: the next cards of a DJ, then those of open weeks."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from catalog.models import SpotifyMatch
from curation import sifting
from curation.models import CurationPeriod, CurationTrack

CARDS = 50
SURE = 25  # so many cards ahead are in their order, whenever the desk looks
OPEN_WEEK = 1  # the next cards are above, each one above its follower


def put_first(period: CurationPeriod, upcoming: Sequence[int] | None = None) -> None:
    """The week that its DJ is at: its next cards are looked up before all others.

    `upcoming` are those of the desk from the card in sight on; without it, the week is in the order
    in which the DJ sorted the style last.
    """
    others = in_weeks(open_weeks().filter(user=period.user_id).exclude(pk=period.pk))
    others.filter(priority__gt=OPEN_WEEK).update(priority=OPEN_WEEK)
    in_weeks([period]).exclude(priority=OPEN_WEEK).update(priority=OPEN_WEEK)
    cards = next_cards(period, upcoming)
    above = {track: OPEN_WEEK + CARDS - number for number, track in enumerate(cards)}
    raised = list(SpotifyMatch.objects.open().filter(track__in=above).only("track"))
    for match in raised:
        match.priority = above[match.track_id]
    SpotifyMatch.objects.bulk_update(raised, ["priority"])


def are_out_of_turn(upcoming: Sequence[int]) -> bool:
    """Time to say again which cards are looked up first."""
    behind = SpotifyMatch.objects.open().filter(priority__lte=OPEN_WEEK)
    return behind.filter(track__curation_tracks__in=upcoming[:SURE]).exists()


def next_cards(period: CurationPeriod, upcoming: Sequence[int] | None) -> list[int]:
    """Their tracks: those asked for, then the rest of Bronze."""
    if upcoming is None:
        sieve = sifting.Sieve(period, sifting.remembered(period))
        upcoming = list(sieve.bronze().values_list("pk", flat=True)[:CARDS])
    bronze = dict(period.tracks.unsorted().in_bronze_order().values_list("pk", "track"))
    first = [pk for pk in upcoming[:CARDS] if pk in bronze]
    return [bronze[pk] for pk in dict.fromkeys([*first, *bronze])][:CARDS]


def note_arrivals(period: CurationPeriod) -> None:
    """New tracks of an open week; they are next only where the DJ is."""
    if period == where_the_dj_is(period):
        put_first(period)
    else:
        in_weeks([period]).filter(priority=0).update(priority=OPEN_WEEK)


def put_last(period: CurationPeriod) -> None:
    """A closed week waits, but for tracks that stand in an open one, too."""
    wanted = CurationTrack.objects.filter(curation_period__in=open_weeks())
    closed = in_weeks([period]).exclude(track__in=wanted.values("track"))
    closed.filter(priority__gt=0).update(priority=0)


def where_the_dj_is(period: CurationPeriod) -> CurationPeriod | None:
    """The open week that the DJ of this one sorted or opened last."""
    touched = Coalesce("decided_at", "created_at")
    return open_weeks().filter(user=period.user_id).order_by(touched.desc(), "-pk").first()


def open_weeks() -> QuerySet[CurationPeriod]:
    return CurationPeriod.objects.exclude(status=CurationPeriod.Status.CLOSED)


def in_weeks(periods: Iterable[CurationPeriod]) -> QuerySet[SpotifyMatch]:
    """What is still to be looked up of these weeks."""
    tracks = CurationTrack.objects.filter(curation_period__in=periods)
    return SpotifyMatch.objects.open().filter(track__in=tracks.values("track"))

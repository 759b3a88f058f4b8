"""What has to be sent, as rows. Nothing here speaks to Spotify.

A change counts `wanted` up in the transaction of the decision itself, so neither can be lost
without the other. Sending finds the row later, by the nudge or by the sweep.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.utils import timezone

from accounts.models import Preferences, User
from catalog.models import Entity, ExternalData, Provider
from curation import tasks
from curation.mirror import desired, library
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    MirroredPlaylist,
    MirroredPlaylistQuerySet,
    PeriodPlaylist,
    RefusedUri,
    UserCategory,
)

Layer = MirroredPlaylist.Layer
State = MirroredPlaylist.State

BETWEEN_LATE_MATCHES = timedelta(hours=12)  # each day of matching would be a hundred calls else


def prepare(period: CurationPeriod) -> None:
    """A row for Bronze and for each Silver playlist that has none yet. Trash is never mirrored."""
    bronze = MirroredPlaylist(layer=Layer.BRONZE, curation_period=period)
    playlists = period.playlists.filter(user_category__is_trash=False)
    add_rows(period.user_id, [bronze, *(silver_row(playlist) for playlist in playlists)])


def prepare_category(category: UserCategory) -> None:
    """A row for Golden, and for each week that has the category."""
    if not category.is_trash:
        silver = [silver_row(playlist) for playlist in category.period_playlists.all()]
        golden = MirroredPlaylist(layer=Layer.GOLDEN, user_category=category)
        add_rows(category.user_id, [golden, *silver])


def silver_row(playlist: PeriodPlaylist) -> MirroredPlaylist:
    return MirroredPlaylist(
        layer=Layer.SILVER,
        curation_period_id=playlist.curation_period_id,
        period_playlist=playlist,
    )


def add_rows(user_id: int, rows: list[MirroredPlaylist]) -> None:
    wishes = Preferences.objects.get(user=user_id)
    for row in rows:
        row.user_id = user_id
        if not getattr(wishes, f"mirrors_{row.layer}"):
            row.state = State.LEFT
    MirroredPlaylist.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic(savepoint=False)
def mark_changed(
    period: CurationPeriod,
    *,
    bronze: bool = False,
    silver: Iterable[PeriodPlaylist] = (),
    golden: Iterable[UserCategory] = (),
) -> None:
    """These playlists wait now, and all that waits in this week waits for the DJ's next decision.

    Only late matches go on waiting for their own time. Call it in the transaction of the decision.
    """
    changed = Q(period_playlist__in=list(silver)) | Q(user_category__in=list(golden))
    if bronze:
        changed |= Q(curation_period=period, layer=Layer.BRONZE)
    week = of_week(period)
    lock(week)
    due_at = soon()
    # The next call is another one: what the last one was refused is not held against it.
    refusals = Case(
        When(suspects=0, then=0), default=F("refusals"), output_field=PositiveSmallIntegerField()
    )
    week.filter(changed).update(
        wanted=F("wanted") + 1,
        changes=F("changes") + 1,
        due_at=due_at,
        in_background=False,
        refusals=refusals,
    )
    week.waiting().filter(due_at__lt=due_at).update(due_at=due_at)


def mark_period(period: CurationPeriod) -> None:
    """Everything of this week may have changed: it was closed or reopened."""
    mark(MirroredPlaylist.objects.filter(curation_period=period))


def mark_golden(category: UserCategory) -> None:
    mark(MirroredPlaylist.objects.filter(user_category=category))


def mark_renamed(category: UserCategory) -> None:
    """The playlists that Spotify has under the old name."""
    named_after = Q(user_category=category) | Q(period_playlist__user_category=category)
    mark(MirroredPlaylist.objects.filter(named_after, spotify_id__isnull=False))


def of_merged(category: UserCategory) -> MirroredPlaylistQuerySet:
    """Its playlists of open weeks and its Golden one: they have no place of their own any more."""
    silver = Q(library.IS_OPEN, period_playlist__user_category=category)
    return MirroredPlaylist.objects.filter(silver | Q(user_category=category))


def mark_merged(category: UserCategory) -> None:
    """Its playlists leave Spotify. The DJ's own one stays there, as does the loss of one."""
    rows = of_merged(category)
    left_alone = list(
        rows.filter(Q(is_adopted=True) | Q(state=State.MISSING)).values_list("pk", flat=True)
    )
    MirroredPlaylist.objects.filter(pk__in=left_alone).update(
        state=State.STOPPED, claimed_until=None
    )
    mark(MirroredPlaylist.objects.filter(pk__in=list(rows.values_list("pk", flat=True))))


def mark_unmerged(
    source: UserCategory, into: UserCategory, *, stopped: dict[int, MirroredPlaylist.State]
) -> None:
    """Both have their own playlists again; those of the first come back to Spotify.

    Those that the merge stopped are as they were: their state by their id.
    """
    for row in of_merged(source).filter(state=State.STOPPED, pk__in=stopped):
        MirroredPlaylist.objects.filter(pk=row.pk).update(state=stopped[row.pk], must_read=True)
    for category in (source, into):
        mark(of_merged(category))


def mark_missing(period: CurationPeriod, found: QuerySet[CurationTrack]) -> None:
    """Tracks of this week are on Spotify now: the playlists that want and lack them wait.

    They go with the DJ's next decisions, or by themselves twelve hours after the last sending.
    """
    found = desired.on_spotify(found)
    standing = MirroredItem.objects.filter(track=OuterRef("track"), uri=OuterRef("spotify_uri"))
    here = standing.filter(playlist__curation_period=period)
    missing = found.filter(~Exists(here), promoted_at=None)
    lacking = Q(curation_period=period) & Q(
        period_playlist__in=missing.values("current_silver_playlist")
    )
    if missing.filter(status=CurationTrack.Status.UNSORTED).exists():
        lacking |= Q(curation_period=period, layer=Layer.BRONZE)
    kept = desired.on_spotify(GoldenTrack.objects.filter(track__in=found.values("track")))
    there = standing.filter(playlist__user_category=OuterRef("user_category"))
    lacking |= Q(user_category__in=kept.filter(~Exists(there)).values("user_category"))
    wanting = MirroredPlaylist.objects.filter(lacking, user=period.user_id)
    mark(wanting.exclude(library.IS_OFF), due_at=late(), in_background=True)


def mark_rested() -> None:
    """What Spotify refused has rested long enough: the playlists that lack it wait."""
    rested = RefusedUri.objects.filter(try_again_at__lte=timezone.now())
    if not rested.exists():
        return
    again = ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, uri__in=rested.values("uri")
    ).values("entity_id")
    for period in CurationPeriod.objects.filter(tracks__track__in=again).distinct():
        mark_missing(period, period.tracks.filter(track__in=again))


def send_now(whose: CurationPeriod | User) -> None:
    """What waits is due at once, whatever it waited for; a worker is nudged."""
    user_id = whose.pk if isinstance(whose, User) else whose.user_id
    rows = MirroredPlaylist.objects.filter(user_id=user_id)
    if isinstance(whose, CurationPeriod):
        rows = of_week(whose)
    rows.waiting().update(due_at=timezone.now(), retry_at=None, in_background=False)
    tasks.send_waiting.delay_on_commit(user_id=user_id)


def try_now(rows: MirroredPlaylistQuerySet) -> int:
    """Those that wait are due at once, however often they failed; returns how many they are."""
    waiting = list(rows.waiting().values_list("pk", flat=True))
    chosen = MirroredPlaylist.objects.filter(pk__in=waiting)
    count = chosen.update(due_at=timezone.now(), retry_at=None, attempts=0)
    tasks.send_waiting.delay_on_commit()
    return count


@transaction.atomic(savepoint=False)
def make_again(playlist: MirroredPlaylist) -> MirroredPlaylist | None:
    """A new playlist in place of one that the DJ deleted in Spotify or no longer mirrored.

    None when it is neither, or made again by now.
    """
    lost = MirroredPlaylist.objects.filter(pk=playlist.pk)
    _, deleted = lost.filter(state__in=[State.MISSING, State.STOPPED]).delete()
    if not deleted.get(MirroredPlaylist._meta.label):
        return None
    again = MirroredPlaylist.objects.create(
        user_id=playlist.user_id,
        layer=playlist.layer,
        curation_period_id=playlist.curation_period_id,
        period_playlist_id=playlist.period_playlist_id,
        user_category_id=playlist.user_category_id,
        wanted=1,
        due_at=timezone.now(),
    )
    tasks.send_playlist.delay_on_commit(playlist_id=again.pk)
    return again


def forget_disconnected() -> None:
    """What Spotify told of its playlists goes with the connection; their ids find them again."""
    MirroredPlaylist.objects.filter(user__spotify__isnull=True).exclude(
        name="", snapshot_id=""
    ).update(name="", snapshot_id="")


def stop_mirroring(playlist: MirroredPlaylist) -> None:
    """What Spotify has stays there as it is."""
    MirroredPlaylist.objects.filter(pk=playlist.pk).update(
        state=State.STOPPED,
        claimed_until=None,  # whoever is sending it stops, too
    )


@transaction.atomic(savepoint=False)
def mark(
    rows: MirroredPlaylistQuerySet,
    *,
    due_at: Combinable | None = None,
    in_background: bool = False,
) -> None:
    """These wait from now on. Those that wait already are not put off by it."""
    lock(rows)
    is_settled = Q(wanted=F("sent"))
    # Its worker may have read it already, and may finish even after the lease ran out.
    is_claimed = Q(claimed_until__isnull=False)
    was_background = F("in_background") if in_background else Value(False)
    is_being_sent = Q(claimed_until__gt=timezone.now())
    rows.filter(is_settled | is_claimed).update(
        wanted=F("wanted") + 1,
        due_at=Case(
            When(is_settled, then=due_at or Value(soon())),
            When(is_being_sent, then=Value(soon())),
            default=F("due_at"),
        ),
        in_background=Case(When(is_settled, then=Value(in_background)), default=was_background),
    )


def lock(rows: MirroredPlaylistQuerySet) -> None:
    """In one order, so that two transactions never wait for each other (SQLite has one writer)."""
    list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def of_week(period: CurationPeriod) -> MirroredPlaylistQuerySet:
    """Bronze and Silver of the week, and Golden of the style."""
    golden = UserCategory.objects.filter(style=period.style_id)
    return MirroredPlaylist.objects.filter(
        Q(curation_period=period) | Q(user_category__in=golden), user=period.user_id
    )


def late() -> Case:
    """When late matches leave, if the DJ decides nothing in between."""
    was_sent_lately = Q(sent_at__gt=soon() - BETWEEN_LATE_MATCHES)
    after_a_while = ExpressionWrapper(
        F("sent_at") + Value(BETWEEN_LATE_MATCHES), output_field=DateTimeField()
    )
    return Case(When(was_sent_lately, then=after_a_while), default=Value(soon()))


def soon() -> datetime:
    return timezone.now() + timedelta(seconds=settings.MIRROR_DELAY_SECONDS)

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import DjRequest
from curation import asks, links, mirror, overview, sifting, sync
from curation.models import CurationPeriod, CurationTrack, MirroredPlaylist, Style


@require_safe
@login_required
def home(request: DjRequest) -> HttpResponse:
    weeks = overview.Weeks(request.user)
    following = next_track(weeks.resumed.period) if weeks.resumed else None
    is_new = not weeks.open and not request.user.periods.exists()
    return render(
        request,
        "curation/home.html",
        {
            "room": "weeks",
            "weeks": weeks,
            "next_track": following,
            "spotify_url": following and spotify_url(following),
            "first_styles": first_styles() if is_new else None,
            "gone": playlists_gone(request.user),
            "to_ask": mirror.categories_to_ask(request.user)[:3],
            "late": closed_weeks_with_late_tracks(request.user),
            "ask": asks.of_user(request.user),
            "spotify": getattr(request.user, "spotify", None),
            "is_connected": sync.is_connected(request.user),
            "calls": sync.calls(),
        },
    )


@require_safe
@login_required
def sync_line(request: DjRequest) -> HttpResponse:
    return render(request, "partials/sync_line.html", {"sync": sync.of_user(request.user)})


def next_track(period: CurationPeriod) -> CurationTrack | None:
    """As the desk begins, in the order of the DJ."""
    sieve = sifting.Sieve(period, sifting.remembered(period))
    return told(sieve.bronze()).first() or told(period.tracks.unsorted().in_bronze_order()).first()


def told(rows: QuerySet[CurationTrack]) -> QuerySet[CurationTrack]:
    with_release = rows.select_related("track__release", "track__match")
    return with_release.prefetch_related("track__credits__artist")


def spotify_url(row: CurationTrack) -> str:
    return links.on_spotify(links.accepted_uris([row.track]).get(row.track_id))


def first_styles() -> QuerySet[Style]:
    return Style.objects.active()[:12]


def playlists_gone(user: User) -> QuerySet[MirroredPlaylist]:
    gone = user.mirrored_playlists.filter(state=MirroredPlaylist.State.MISSING)
    return gone.select_related("curation_period", "user_category").order_by("pk")[:3]


def closed_weeks_with_late_tracks(user: User) -> QuerySet[CurationPeriod]:
    late = user.periods.filter(status=CurationPeriod.Status.CLOSED, late_tracks__gt=0)
    return late.select_related("style").order_by("-year", "-week")[:3]

"""Every page of ours, with something of each kind on it, and the screens it is looked at on."""

from django.urls import reverse

from accounts.models import User
from catalog.tests.factories import ReleaseFactory, TrackFactory, matched_track
from curation import golden, moves
from curation.models import CurationPeriod
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

LONG = "Everything We Left Running in the Other Room Because Nobody Ever Told Us To Stop"
LONG_NAME = "A Category With a Rather Long Name"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
TRACKS = 6


def week(size: int = TRACKS) -> CurationPeriod:
    """Each kind of match in Bronze, a track in Trash, one in Silver and one in Golden."""
    week = CurationPeriodFactory(categories=["Warm Up", LONG_NAME])
    states = ["pending", "review", "not_found"]
    for number in range(size - 3):
        words = {"title": f"Ferrite {number}"}
        if number < 3:
            words = {"title": f"{LONG} {number}", "release": ReleaseFactory(title=LONG)}
        track = TrackFactory(match=states[number % 3], **words)
        CurationTrackFactory(curation_period=week, track=track)
    found = [matched_track(number, title=f"{LONG}, Part {number}") for number in range(3)]
    rows = [CurationTrackFactory(curation_period=week, track=track) for track in found]
    for row, name in zip(rows, ("Warm Up", "Warm Up", "Trash"), strict=True):
        moves.move_track(user=week.user, track=row, to=playlist_of(week, name))
    golden.promote(user=week.user, tracks=[moves.as_it_is_now(rows[0])])
    return week


def show_everything(user: User) -> None:
    user.is_staff = user.is_superuser = True
    user.save()


def addresses(period: CurationPeriod) -> list[str]:
    category = playlist_of(period, "Warm Up").user_category
    other = playlist_of(period, LONG_NAME).user_category
    style = period.style.slug
    row = period.tracks.order_by("pk")[0]
    track = row.track
    names = ["home", "styles", "periods", "golden", "matches", "rules", "coverage", "status"]
    names += ["settings", "own_keys", "ask_to_disconnect", "beatport", "uploads"]
    names += ["beatport_ask_to_disconnect"]
    return [
        *[reverse(name) for name in names],
        reverse("sort", args=[period.pk]),
        reverse("period", args=[period.pk]),
        reverse("period_tracks", args=[period.pk]),
        reverse("review", args=[period.pk]),
        f"{reverse('trash_rule', args=[period.pk])}?track={row.pk}",
        reverse("style", args=[style]),
        reverse("style", args=[StyleFactory(name=LONG).slug]),
        f"{reverse('merge', args=[style, category.pk])}?into={other.pk}",
        reverse("golden_category", args=[category.pk]),
        reverse("coverage_style", args=[style]),
        reverse("coverage_cell", args=[style, period.year, period.week]),
        reverse("track", args=[track.pk]),
        reverse("artist", args=[track.credits.get().artist_id]),
        reverse("label", args=[track.release.label_id]),
        f"{reverse('search')}?q=everything",
        f"{reverse('search')}?q=nothing+of+the+kind",
    ]

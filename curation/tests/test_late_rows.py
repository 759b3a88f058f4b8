"""Tracks that Beatport lists after a DJ has opened the week, from Beatport's page to Spotify's."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Track
from catalog.tests.factories import GenreFactory
from curation import moves, periods, routine
from curation.models import CurationPeriod
from curation.tests.factories import StyleFactory, UserCategoryFactory, playlist_of
from curation.tests.mirrored import Desk
from curation.weeks import Week
from ingestion import runs, search
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db
GENRE, FEW, MORE = 18, 12, 20


def read_and_sweep() -> None:
    """What the worker does between two sweeps of beat."""
    for run in IngestRun.objects.filter(status__in=IngestRun.UNFINISHED):
        IngestRun.objects.filter(pk=run.pk).update(not_before=None)
        runs.carry_out(run.pk)
    periods.sweep()


def test_late_rows_reach_open_weeks_marked_and_leave_closed_ones_alone(sandbox):
    week = Week.of(timezone.now().date()).before()
    sandbox.post("weeks", genre_id=GENRE, year=week.year, week=week.number, tracks=FEW)
    style = StyleFactory()
    style.genres.add(GenreFactory(beatport_id=GENRE))
    desks = [Desk(sandbox, [], dj=name) for name in ("nadja", "tomek")]
    for desk in desks:
        desk.period.delete()
        UserCategoryFactory(user=desk.user, style=style, name="Warm Up")
        desk.period = periods.open_period(
            user=desk.user, style=style, year=week.year, week=week.number
        )
    read_and_sweep()
    opened, closed = (desk.period for desk in desks)
    sort(opened, 3)
    sort(closed, 3)
    periods.close_period(closed, rest_to_trash=True)
    before = decided(closed)
    (run,) = IngestRun.objects.all()

    sandbox.post("weeks", genre_id=GENRE, year=week.year, week=week.number, tracks=MORE)
    routine.read_again(weeks=1, hours=0)
    read_and_sweep()

    again = IngestRun.objects.latest("pk")
    late = opened.tracks.filter(is_late=True)
    assert (run.new, again.new, again.status) == (FEW, MORE - FEW, "complete")
    assert opened.tracks.count() == Track.objects.filter(is_primary=True).count() > FEW
    assert late.count() == opened.tracks.count() - FEW
    assert set(late.values_list("status", flat=True)) == {"UNSORTED"}
    assert opened.tracks.exclude(status="UNSORTED").count() == 3
    assert decided(closed) == before
    closed.refresh_from_db()
    assert closed.late_tracks == late.count()

    shown_as_late(desks[0], late.count())
    while search.look_up(seconds=60).looked_up:
        pass
    periods.sweep()
    desks[0].send()
    bronze = {name: uris for name, uris in desks[0].at_spotify().items() if "Bronze" in name}
    ours = desks[0].uris_of(opened.tracks.unsorted(), "position")
    assert list(bronze.values()) == [ours]
    assert set(ours) & set(desks[0].uris_of(late, "position"))


def sort(period: CurationPeriod, tracks: int) -> None:
    assert period.tracks.count() == FEW
    for row in period.tracks.in_bronze_order()[:tracks]:
        moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))


def decided(period: CurationPeriod) -> list[dict[str, object]]:
    return list(period.tracks.order_by("pk").values())


def shown_as_late(desk: Desk, count: int) -> None:
    client = Client()
    client.force_login(desk.user)
    pages = {
        name: client.get(reverse(name, args=[desk.period.pk])).content.decode()
        for name in ("period", "period_tracks")
    }
    late = desk.period.tracks.filter(is_late=True).first()
    card = client.get(reverse("sort", args=[desk.period.pk]) + f"?track={late.pk}").content.decode()
    rows = client.get(f"/api/curation/periods/{desk.period.pk}/tracks?limit=100").json()["items"]

    assert f"<b>{count} tracks came late.</b>" in pages["period"]
    assert pages["period_tracks"].count(">Late</span>") == count
    assert "Late arrival" in card
    assert sum(row["is_late"] for row in rows) == count

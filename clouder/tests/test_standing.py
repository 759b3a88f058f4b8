from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from accounts import quota
from accounts.models import SpotifyCredential
from catalog.tests.factories import TrackFactory
from clouder import admin_site
from clouder.tests import rows
from ingestion.models import BeatportCredential, IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db


def standing(client) -> dict[str, tuple[str, bool]]:
    lines = client.get("/admin/").context["standing"]
    return {line.what: (line.words, line.wants_attention) for line in lines}


def test_rooms_stand_in_the_order_of_the_work_under_plain_names(admin_client):
    answer = admin_client.get("/admin/")

    rooms = [room["name"] for room in answer.context["app_list"]]
    assert rooms == list(admin_site.ROOMS)
    page = answer.content.decode()
    assert "Outbox: playlists to send" in page
    assert "Runs: fetches and imports" in page


def test_a_quiet_installation_wants_nothing(admin_client):
    PeriodicTask.objects.update(last_run_at=timezone.now())

    found = standing(admin_client)

    assert not any(wants for _, wants in found.values())
    assert found["Outbox"][0] == "0 playlists wait, 0 of them in trouble"


def test_what_went_wrong_wants_attention(admin_client):
    IngestRunFactory(finished=True, status=IngestRun.Status.FAILED)
    rows.people(range(1, 3))
    rows.music(range(1, 3))
    rows.weeks(range(1, 3))
    SpotifyCredential.objects.create(
        user=rows.hub(rows.User),
        account_id="one",
        status=SpotifyCredential.Status.NEEDS_RECONNECT,
        authorized_at=rows.NOW,
        expires_at=rows.NOW,
    )
    quota.take("search")
    quota.close("search", timezone.now() + timedelta(hours=1))
    PeriodicTask.objects.update(last_run_at=timezone.now() - timedelta(hours=1))

    BeatportCredential.objects.create(status=BeatportCredential.Status.NEEDS_RECONNECT)

    found = standing(admin_client)

    assert "1 failed" in found["Runs"][0]
    assert found["Outbox"][0] == "2 playlists wait, 2 of them in trouble"
    assert "search 1 of 10000, closed" in found["Spotify's quota"][0]
    assert found["DJs"][0] == "0 connected with Spotify, 1 turned away"
    assert {what for what, (_, wants) in found.items() if wants} == {
        "Runs",
        "Beatport",
        "Outbox",
        "Spotify's quota",
        "DJs",
        "Schedules",
    }


def test_tracks_to_look_up_are_counted(admin_client):
    for state in ("pending", "pending", "review", "matched"):
        TrackFactory(match=state)

    assert standing(admin_client)["Tracks"][0] == "2 to look up, 1 doubtful"


def test_the_admin_leads_to_the_site_and_to_the_coverage(admin_client):
    page = admin_client.get("/admin/").content.decode()

    assert 'href="/coverage/"' in page
    assert 'href="/">Back to the site' in page
    assert admin_client.get("/coverage/").status_code == 200

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Genre
from ingestion import runs
from ingestion.models import BeatportCredential, IngestRun, RowSetAside
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db

RUNS = "admin:ingestion_ingestrun_changelist"
ASIDE = "admin:ingestion_rowsetaside_changelist"
GENRES = "admin:catalog_genre_changelist"
REFRESH = "admin:catalog_genre_refresh"


def file_of(name: str, *rows: dict, pack: bool = False) -> SimpleUploadedFile:
    body = json.dumps({"results": list(rows)}).encode()
    return SimpleUploadedFile(name, gzip.compress(body) if pack else body)


def carry_out_all() -> None:
    for run in IngestRun.objects.all():
        runs.carry_out(run.pk)


def test_runs_are_listed_with_the_same_number_of_queries_however_many(
    admin_client, django_assert_max_num_queries
):
    IngestRunFactory.create_batch(30, error="Beatport answers 503.")

    with django_assert_max_num_queries(12):
        page = admin_client.get(reverse(RUNS))

    assert "Beatport answers 503." in page.content.decode()
    assert "Upload files" in page.content.decode()


def test_a_run_shows_what_was_set_aside(admin_client):
    run = IngestRunFactory(finished=True, set_aside=1)
    RowSetAside.objects.create(
        run=run, page=1, position=7, reason="The track has no title.", raw="<script>"
    )

    page = admin_client.get(reverse("admin:ingestion_ingestrun_change", args=[run.pk]))

    assert "The track has no title." in page.content.decode()


def test_a_run_with_many_rows_aside_shows_the_first_and_leads_to_all(admin_client):
    run = IngestRunFactory(finished=True, set_aside=30)
    RowSetAside.objects.bulk_create(
        RowSetAside(run=run, page=1, position=n, reason=f"Reason {n}.", raw="{}") for n in range(30)
    )
    other = IngestRunFactory(finished=True)
    RowSetAside.objects.create(run=other, page=1, position=1, reason="Another's.", raw="{}")

    page = admin_client.get(reverse("admin:ingestion_ingestrun_change", args=[run.pk]))
    rows = admin_client.get(f"{reverse(ASIDE)}?run__id__exact={run.pk}")

    assert "Reason 19." in page.content.decode()
    assert "Reason 20." not in page.content.decode()
    assert f"run__id__exact={run.pk}" in page.content.decode()
    assert rows.context["cl"].result_count == 30


@pytest.mark.parametrize("raw", ['{"name": null, "id": 7}', "<script>alert(1)</script>"])
def test_a_row_set_aside_can_be_read(admin_client, raw):
    row = RowSetAside.objects.create(
        run=IngestRunFactory(), page=1, position=7, reason="The track has no title.", raw=raw
    )

    page = admin_client.get(reverse("admin:ingestion_rowsetaside_change", args=[row.pk]))

    shown = page.content.decode()
    assert "&quot;name&quot;: null" in shown or "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


def test_a_run_under_way_is_not_run_again(admin_client):
    run = IngestRunFactory(finished=True, status=IngestRun.Status.FAILED)
    busy = IngestRunFactory(status=IngestRun.Status.RUNNING)

    chosen = {"action": "run_again", "_selected_action": [run.pk, busy.pk]}
    answer = admin_client.post(reverse(RUNS), chosen, follow=True)

    assert "1 will be run. Under way already: 1." in answer.content.decode()
    assert IngestRun.objects.get(pk=busy.pk).status == IngestRun.Status.RUNNING


def test_run_again_queues_it(admin_client):
    run = IngestRunFactory(finished=True, status=IngestRun.Status.FAILED, attempts=5)

    admin_client.post(reverse(RUNS), {"action": "run_again", "_selected_action": [run.pk]})

    run.refresh_from_db()
    assert (run.status, run.attempts) == (IngestRun.Status.QUEUED, 0)


def test_genres_are_refreshed(admin_client, sandbox):
    Genre.objects.filter(beatport_id=6).update(name="As it was called")
    Genre.objects.get(beatport_id=98).delete()

    answer = admin_client.post(reverse(REFRESH), follow=True).content.decode()

    assert "46 genres" in answer
    assert "As it was called is now Techno (Peak Time / Driving)" in answer
    assert "New: Amapiano" in answer
    assert Genre.objects.get(beatport_id=6).name == "Techno (Peak Time / Driving)"


def test_genres_that_cannot_be_refreshed_stay(admin_client, sandbox):
    Genre.objects.filter(beatport_id=6).update(name="As it was called")
    sandbox.post("faults", kind="status", match={"path": "/genres/"}, status=503, times=None)

    answer = admin_client.post(reverse(REFRESH), follow=True).content.decode()

    assert "The genres stay as they were. Beatport answers 503." in answer
    assert Genre.objects.get(beatport_id=6).name == "As it was called"


def test_the_button_for_genres_is_on_their_list_and_a_look_asks_nobody(admin_client, sandbox):
    assert "Refresh from Beatport" in admin_client.get(reverse(GENRES)).content.decode()

    assert admin_client.get(reverse(REFRESH)).status_code == 405
    assert not sandbox.get("log", side="beatport")


def test_the_connection_is_looked_at_here_and_changed_on_its_page(admin_client):
    held = BeatportCredential.objects.create(access_token="as it was", client_id="our app")
    address = reverse("admin:ingestion_beatportcredential_change", args=[held.pk])

    page = admin_client.get(address).content.decode()
    admin_client.post(address, {"access_token": "another"})

    held.refresh_from_db()
    assert "our app" in page
    assert reverse("beatport") in page
    assert held.access_token == "as it was"
    assert admin_client.get(reverse("admin:ingestion_beatportcredential_add")).status_code == 403

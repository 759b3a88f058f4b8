import pytest
from django.db import IntegrityError, transaction

from ingestion.models import BeatportCredential, IngestRun, Lease, RawPage
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db


def test_a_week_has_one_open_run():
    run = IngestRunFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        IngestRunFactory(genre=run.genre, status=IngestRun.Status.RUNNING)


def test_a_week_may_have_many_finished_runs():
    run = IngestRunFactory(finished=True)

    IngestRunFactory(genre=run.genre, finished=True)
    IngestRunFactory(genre=run.genre)

    assert IngestRun.objects.count() == 3


def test_a_page_is_kept_once():
    page = RawPage.objects.create(run=IngestRunFactory(), number=1, body=b"x")

    with pytest.raises(IntegrityError), transaction.atomic():
        RawPage.objects.create(run=page.run, number=1, body=b"y")


@pytest.mark.parametrize("is_the_one", [True, False])
def test_there_is_one_access_to_beatport(is_the_one):
    BeatportCredential.objects.create(access_token="token")

    with pytest.raises(IntegrityError), transaction.atomic():
        BeatportCredential.objects.create(access_token="token", is_the_one=is_the_one)


def test_a_lease_has_one_row():
    lease = Lease.objects.create(name="errand", until="2026-11-25T10:00Z")

    with pytest.raises(IntegrityError), transaction.atomic():
        Lease.objects.create(name=lease.name, until=lease.until)

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.tests.factories import GenreFactory, TrackFactory
from conftest import wait_until
from curation import weeks
from curation.models import CurationPeriod, MirroredPlaylist, Style
from curation.tests.factories import CurationPeriodFactory, StyleFactory
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db

STYLES = "/admin/curation/style/"
FETCH = f"{STYLES}fetch/"
OUTBOX = "/admin/curation/mirroredplaylist/"


def form_of(style: Style, **changes: object) -> dict[str, object]:
    form = {
        "name": style.name,
        "slug": style.slug,
        "genres": [genre.pk for genre in style.genres.all()],
        "position": style.position,
        "is_active": "on" if style.is_active else "",
    }
    return form | changes


def page(answer) -> str:
    return answer.content.decode()


# Styles


def test_a_style_is_added_with_its_genres(admin_client):
    genre = GenreFactory()
    form = {"name": "Bounce", "slug": "bounce", "genres": [genre.pk], "position": 3}

    admin_client.post(f"{STYLES}add/", form | {"is_active": "on"})

    assert list(Style.objects.get(slug="bounce").genres.all()) == [genre]


def test_styles_are_put_in_order_and_switched_off_in_the_list(admin_client):
    Style.objects.all().delete()
    first, second = StyleFactory(position=0), StyleFactory(position=1)
    form = {
        "form-TOTAL_FORMS": 2,
        "form-INITIAL_FORMS": 2,
        "form-0-id": first.pk,
        "form-0-position": 5,
        "form-0-is_active": "on",
        "form-1-id": second.pk,
        "form-1-position": 1,
        "_save": "Save",
    }

    answer = admin_client.post(STYLES, form, follow=True)

    assert list(Style.objects.order_by("position")) == [second, first]
    assert not Style.objects.get(pk=second.pk).is_active
    assert f"{second} is offered to nobody any more" in page(answer)


def test_weeks_of_a_style_that_is_switched_off_stay(admin_client):
    period = CurationPeriodFactory()
    period.style.genres.add(GenreFactory())
    address = f"{STYLES}{period.style_id}/change/"

    asked = admin_client.get(address)
    answer = admin_client.post(address, form_of(period.style, is_active=""), follow=True)

    assert "Weeks that DJs have opened stay theirs" in page(asked)
    assert "1 open week stays" in page(answer)
    assert CurationPeriod.objects.filter(pk=period.pk).exists()


def test_a_genre_that_is_added_reaches_weeks_that_are_open(admin_client):
    period = CurationPeriodFactory()
    closed = CurationPeriodFactory(style=period.style, status=CurationPeriod.Status.CLOSED)
    genre = GenreFactory()
    TrackFactory(genre=genre, published_on=period.first_day)

    answer = admin_client.post(
        f"{STYLES}{period.style_id}/change/",
        form_of(period.style, genres=[genre.pk]),
        follow=True,
    )

    assert period.tracks.count() == 1
    assert not closed.tracks.exists()
    assert "1 tracks came to its open weeks (1)" in page(answer)


def test_a_style_with_work_of_djs_stays(admin_client):
    used, unused = CurationPeriodFactory().style, StyleFactory()

    asked = admin_client.get(f"{STYLES}{used.pk}/delete/")
    for style in (used, unused):
        admin_client.post(f"{STYLES}{style.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"}
    answer = admin_client.post(STYLES, chosen)

    assert "Switch it off instead" in page(asked)
    assert "Nothing was deleted" in page(answer)
    assert Style.objects.filter(pk=used.pk).exists()
    assert not Style.objects.filter(pk=unused.pk).exists()


# Fetching


def test_the_last_full_week_is_proposed_and_the_style_chosen(admin_client, admin_user):
    style = StyleFactory()
    zone = admin_user.preferences.zone
    latest = weeks.last_full_week(now=timezone.now(), zone=zone)

    answer = admin_client.get(f"{FETCH}?style={style.slug}&style=nonsense")

    form = answer.context["form"]
    assert (form["year"].value(), form["week"].value()) == (latest.year, latest.number)
    assert form["styles"].value() == [style.slug, "nonsense"]
    assert f"week {latest.number} of {latest.year}" in page(answer)


def test_a_week_is_fetched_once_for_each_genre(admin_client):
    style = StyleFactory()
    style.genres.set([GenreFactory(name="Raw"), GenreFactory(name="Peak Time")])
    form = {"styles": [style.slug], "year": 2026, "week": 46}

    answer = admin_client.post(FETCH, form, follow=True)
    admin_client.post(FETCH, form)

    runs = IngestRun.objects.filter(year=2026, week=46)
    assert sorted(run.genre.name for run in runs) == ["Peak Time", "Raw"]
    assert f"{style}, week 46 of 2026. Peak Time: queued; Raw: queued." in page(answer)
    assert answer.request["PATH_INFO"] == reverse("admin:ingestion_ingestrun_changelist")
    assert answer.context["cl"].result_count == 2


@pytest.mark.parametrize(
    ("year", "week", "said"),
    [
        (2025, 53, "2025 has no week 53"),
        (9999, 1, "has not begun yet"),
        ("", 46, "This field is required"),
        ("x" * 5000, "-1", "Enter a whole number"),
    ],
)
def test_a_week_that_cannot_be_fetched_is_refused(admin_client, year, week, said):
    style = StyleFactory()
    style.genres.add(GenreFactory())

    answer = admin_client.post(FETCH, {"styles": [style.slug], "year": year, "week": week})

    assert answer.status_code == 422
    assert said in page(answer)
    assert not IngestRun.objects.exists()


@pytest.mark.parametrize("styles", [[], ["nothing"], [0], [10**30]])
def test_a_style_that_is_not_there_is_refused(admin_client, styles):
    answer = admin_client.post(FETCH, {"styles": styles, "year": 2026, "week": 46})

    assert answer.status_code == 422
    assert not IngestRun.objects.exists()


def test_a_style_without_genres_is_named(admin_client):
    style = StyleFactory(name="Empty")

    answer = admin_client.post(FETCH, {"styles": [style.slug], "year": 2026, "week": 46})

    assert "Without genres: Empty." in page(answer)


def test_styles_chosen_in_the_list_lead_to_the_form(admin_client):
    one, two = StyleFactory(), StyleFactory()

    chosen = {"action": "fetch_chosen", "_selected_action": [one.pk, two.pk]}
    answer = admin_client.post(STYLES, chosen, follow=True)

    assert set(answer.context["form"]["styles"].value()) == {one.slug, two.slug}
    assert not IngestRun.objects.exists()


# The outbox


@pytest.mark.django_db(transaction=True)
def test_try_now_sends_what_had_given_up(admin_client, desk, worker):
    desk.fill(2)
    row = MirroredPlaylist.objects.get(user=desk.user, layer="bronze")
    long_ago, tomorrow = timezone.now() - timedelta(hours=2), timezone.now() + timedelta(days=1)
    MirroredPlaylist.objects.filter(pk=row.pk).update(
        attempts=5, claimed_until=long_ago, due_at=tomorrow, retry_at=tomorrow, error="No answer."
    )

    answer = admin_client.post(f"{OUTBOX}{row.pk}/do/try_now/", follow=True)

    assert "1 of 1 wait, and are tried now." in page(answer)
    wait_until(lambda: not MirroredPlaylist.objects.get(pk=row.pk).is_waiting)
    desk.assert_in_step()


def test_what_waits_is_listed_with_its_error(admin_client, desk):
    desk.fill(2)
    MirroredPlaylist.objects.filter(layer="bronze").update(
        trouble="error", error="Spotify answers 503.", retry_at=timezone.now() + timedelta(hours=1)
    )

    listed = page(admin_client.get(f"{OUTBOX}?standing=trouble"))

    assert "Spotify answers 503." in listed
    assert "Paused" in listed
    assert "Bronze" in listed
    assert "Warm Up" not in listed


def test_there_may_be_nothing_to_try(admin_client):
    period = CurationPeriodFactory()
    row = MirroredPlaylist.objects.get(curation_period=period, layer="bronze")

    chosen = {"action": "try_now", "_selected_action": [row.pk]}
    answer = admin_client.post(OUTBOX, chosen, follow=True)

    assert "Nothing waits to be sent." in page(answer)


# People


def test_a_dj_with_work_is_not_deleted_by_the_way(admin_client):
    period = CurationPeriodFactory()
    address = f"/admin/accounts/user/{period.user_id}/delete/"

    asked = page(admin_client.get(address))
    admin_client.post(address, {"post": "yes"})

    assert "1 week" in asked
    assert f"manage.py delete_dj {period.user.username}" in asked
    assert User.objects.filter(pk=period.user_id).exists()

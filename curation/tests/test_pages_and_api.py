"""Each verb once through the page and once through the API, from the same start: the same rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from catalog.tests.factories import GenreFactory, TrackFactory
from curation import golden, moves, periods
from curation.models import CurationPeriod
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
LINK = f"https://open.spotify.com/track/{'b' * 22}?si=1"
MOVE_ID = "5b0b6f9c-6f0e-4b52-9d5d-0c8f5d1c6a11"
OURS = [*apps.get_app_config("curation").get_models()]
OTHERS = [
    apps.get_model(name)
    for name in ("catalog.SpotifyMatch", "catalog.ExternalData", "ingestion.IngestRun")
]


class Start:
    """A week with a track in Bronze, one in Silver and one in Golden; what the verbs speak of."""

    def __init__(self, dj) -> None:
        style = StyleFactory(slug="techno-test")
        style.genres.set([GenreFactory()])
        self.dj, self.style, self.new_style = dj, style, StyleFactory()
        self.period: CurationPeriod = CurationPeriodFactory(user=dj, style=style)
        self.warm_up = playlist_of(self.period, "Warm Up")
        self.peak_time = playlist_of(self.period, "Peak Time")
        self.trash = playlist_of(self.period, "Trash")
        states = ["review", "review", "review", "pending"]
        tracks = [TrackFactory(match=state, genre=style.genres.get()) for state in states]
        rows = [CurationTrackFactory(curation_period=self.period, track=track) for track in tracks]
        self.bronze, self.silver, self.golden, self.rest = rows
        for row in (self.golden, self.silver):
            moves.move_track(user=dj, track=row, to=self.warm_up)
        golden.promote(user=dj, tracks=[self.golden])
        self.category = self.warm_up.user_category
        self.unused = self.peak_time.user_category
        self.kept = self.category.golden_tracks.get()


@dataclass(frozen=True)
class Verb:
    """The operation of the API, and what is sent to both; `before` comes first."""

    operation: str
    page: Callable[[Start], tuple[str, dict[str, Any]]]
    api: Callable[[Start], tuple[str, str, Any]]
    before: Callable[[Start], object] = lambda start: None


def page(name: str, pk: Any, /, **data: Any) -> tuple[str, dict[str, Any]]:
    return reverse(name, args=[pk] if pk else []), data


def sheet(start: Start, **data: Any) -> tuple[str, dict[str, Any]]:
    fields = {name.replace("_", "-"): value for name, value in data.items()}
    return page("style_save", start.style.slug, **fields)


def close(start: Start) -> None:
    periods.close_period(start.period, rest_to_trash=False)


WEEKS = "/api/curation/periods"
VERBS = {
    "the first category": Verb(
        "add_category",
        lambda start: page("style_begin", start.new_style.slug, name=["Groove"]),
        lambda start: (
            "post",
            f"/api/styles/{start.new_style.pk}/categories",
            {"name": "Groove"},
        ),
    ),
    "one more category": Verb(
        "add_category",
        lambda start: sheet(start, name_new="Groove", key_new="g"),
        lambda start: (
            "post",
            f"/api/styles/{start.style.pk}/categories",
            {"name": "Groove", "hotkey": "g"},
        ),
    ),
    "another name and key": Verb(
        "change_category",
        lambda start: sheet(
            start, **{f"name_{start.category.pk}": "Opening", f"key_{start.category.pk}": "o"}
        ),
        lambda start: (
            "patch",
            f"/api/categories/{start.category.pk}",
            {"name": "Opening", "hotkey": "o"},
        ),
    ),
    "another place": Verb(
        "change_category",
        lambda start: sheet(start, up=start.unused.pk),
        lambda start: ("patch", f"/api/categories/{start.unused.pk}", {"position": 0}),
    ),
    "a category less": Verb(
        "remove_category",
        lambda start: sheet(start, remove=start.unused.pk),
        lambda start: ("delete", f"/api/categories/{start.unused.pk}", None),
    ),
    "a week opened": Verb(
        "open_period",
        lambda start: page("period_open", None, style=start.style.slug, year=2026, week=45),
        lambda start: ("post", WEEKS, {"style": start.style.slug, "year": 2026, "week": 45}),
    ),
    "a week closed": Verb(
        "close_period",
        lambda start: page("period_close", start.period.pk),
        lambda start: ("post", f"{WEEKS}/{start.period.pk}/close", None),
    ),
    "a week closed, the rest to Trash, its playlists staying": Verb(
        "close_period",
        lambda start: page("period_close", start.period.pk, rest="trash", stays="on"),
        lambda start: (
            "post",
            f"{WEEKS}/{start.period.pk}/close",
            {"rest_to_trash": True, "stays_on_spotify": True},
        ),
    ),
    "a week reopened": Verb(
        "reopen_period",
        lambda start: page("period_reopen", start.period.pk),
        lambda start: ("post", f"{WEEKS}/{start.period.pk}/reopen", None),
        before=close,
    ),
    "a track into Silver": Verb(
        "move",
        lambda start: page(
            "sort_move",
            start.period.pk,
            track=start.bronze.pk,
            to=start.peak_time.pk,
            client_id=MOVE_ID,
        ),
        lambda start: (
            "post",
            f"/api/curation/tracks/{start.bronze.pk}/move",
            {"period_playlist_id": start.peak_time.pk, "client_move_id": MOVE_ID},
        ),
    ),
    "a track into Trash": Verb(
        "move",
        lambda start: page("sort_move", start.period.pk, track=start.bronze.pk, to=start.trash.pk),
        lambda start: (
            "post",
            f"/api/curation/tracks/{start.bronze.pk}/move",
            {"period_playlist_id": start.trash.pk},
        ),
    ),
    "a track out of Golden into another category": Verb(
        "move",
        lambda start: page(
            "sort_move", start.period.pk, track=start.golden.pk, to=start.peak_time.pk
        ),
        lambda start: (
            "post",
            f"/api/curation/tracks/{start.golden.pk}/move",
            {"period_playlist_id": start.peak_time.pk},
        ),
    ),
    "many tracks, some of them out of Golden": Verb(
        "move_many",
        lambda start: page(
            "tracks_move",
            start.period.pk,
            track=[start.bronze.pk, start.silver.pk, start.golden.pk],
            to=start.peak_time.pk,
            client_id=MOVE_ID,
        ),
        lambda start: (
            "post",
            f"{WEEKS}/{start.period.pk}/move",
            {
                "curation_track_ids": [start.golden.pk, start.bronze.pk, start.silver.pk],
                "period_playlist_id": start.peak_time.pk,
                "client_move_id": MOVE_ID,
            },
        ),
    ),
    "many tracks back into Bronze": Verb(
        "move_many",
        lambda start: page(
            "tracks_move", start.period.pk, track=[start.bronze.pk, start.silver.pk], to="bronze"
        ),
        lambda start: (
            "post",
            f"{WEEKS}/{start.period.pk}/move",
            {
                "curation_track_ids": [start.bronze.pk, start.silver.pk],
                "period_playlist_id": None,
            },
        ),
    ),
    "many moves undone at once": Verb(
        "undo",
        lambda start: page("tracks_undo", start.period.pk, move=MOVE_ID),
        lambda start: ("post", f"{WEEKS}/{start.period.pk}/undo", {"client_move_id": MOVE_ID}),
        before=lambda start: moves.move_tracks(
            user=start.dj,
            period=start.period,
            chosen=start.period.tracks.all(),
            to=start.trash,
            client_id=UUID(MOVE_ID),
        ),
    ),
    "a move undone": Verb(
        "undo",
        lambda start: page("sort_undo", start.period.pk),
        lambda start: ("post", f"{WEEKS}/{start.period.pk}/undo", None),
        before=lambda start: moves.move_track(
            user=start.dj, track=start.bronze, to=start.peak_time
        ),
    ),
    "a move undone by its id": Verb(
        "undo",
        lambda start: page("sort_undo", start.period.pk, move=MOVE_ID),
        lambda start: ("post", f"{WEEKS}/{start.period.pk}/undo", {"client_move_id": MOVE_ID}),
        before=lambda start: moves.move_track(
            user=start.dj, track=start.bronze, to=start.peak_time, client_id=MOVE_ID
        ),
    ),
    "a promotion undone": Verb(
        "undo",
        lambda start: page("sort_undo", start.period.pk),
        lambda start: ("post", f"{WEEKS}/{start.period.pk}/undo", {}),
    ),
    "a track promoted": Verb(
        "promote",
        lambda start: page("review_promote", start.period.pk, track=start.silver.pk),
        lambda start: ("post", f"/api/curation/tracks/{start.silver.pk}/promote", None),
    ),
    "a track off Golden": Verb(
        "remove_golden",
        lambda start: page("golden_remove", start.category.pk, kept=start.kept.pk),
        lambda start: (
            "delete",
            f"/api/golden/{start.category.pk}/tracks/{start.kept.track_id}",
            None,
        ),
    ),
    "a link accepted": Verb(
        "decide_match",
        lambda start: page("match_decide", start.silver.track_id, link=LINK),
        lambda start: ("post", f"/api/matches/{start.silver.track_id}", {"uri": LINK}),
    ),
    "another edit accepted": Verb(
        "decide_match",
        lambda start: page("match_decide", start.silver.track_id, link=LINK, link_edit="on"),
        lambda start: (
            "post",
            f"/api/matches/{start.silver.track_id}",
            {"uri": LINK, "is_edit": True},
        ),
    ),
    "a track that is not there": Verb(
        "decide_match",
        lambda start: page("match_decide", start.silver.track_id, none="1"),
        lambda start: ("post", f"/api/matches/{start.silver.track_id}", {"uri": "not_there"}),
    ),
}
READS = {
    "list_styles": lambda start: "/api/styles",
    "list_categories": lambda start: f"/api/styles/{start.style.pk}/categories",
    "list_periods": lambda start: WEEKS,
    "read_period": lambda start: f"{WEEKS}/{start.period.pk}",
    "list_tracks": lambda start: f"{WEEKS}/{start.period.pk}/tracks",
    "list_playlists": lambda start: f"{WEEKS}/{start.period.pk}/playlists",
    "list_golden": lambda start: f"/api/golden/{start.category.pk}/tracks",
    "list_matches": lambda start: "/api/matches",
}


@pytest.fixture
def start(dj) -> Start:
    return Start(dj)


def rows() -> list[tuple[str, tuple]]:
    """All rows in words. Of times only whether there is one; of what is random, nothing."""
    return sorted(
        (
            (model.__name__, in_words(row))
            for model in [*OURS, *OTHERS]
            for row in model.objects.all()
        ),
        key=repr,
    )


def in_words(row: models.Model) -> tuple:
    return tuple(
        (field.name, word(field, row))
        for field in row._meta.concrete_fields
        if not field.primary_key and not isinstance(field, models.UUIDField)
    )


def word(field: models.Field, row: models.Model) -> object:
    value = getattr(row, field.name)
    if isinstance(field, models.DateTimeField):
        return value is not None
    return str(value) if isinstance(field, models.ForeignKey) else value


def through_the_page(pages: Client, verb: Verb, start: Start) -> list:
    """The rows afterwards; then all is as before."""
    address, data = verb.page(start)
    with transaction.atomic():
        answer = pages.post(address, data)
        assert answer.status_code in (200, 302, 303), answer.content.decode()
        found = rows()
        transaction.set_rollback(True)
    return found


def through_the_api(pages: Client, verb: Verb, start: Start) -> list:
    method, address, body = verb.api(start)
    answer = getattr(pages, method)(address, body, content_type="application/json")
    assert answer.status_code in (200, 201, 204), answer.content.decode()
    return rows()


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_the_page_and_the_api_leave_the_same_rows(pages, start, verb):
    verb.before(start)
    before = rows()

    by_page = through_the_page(pages, verb, start)
    by_api = through_the_api(pages, verb, start)

    assert by_page == by_api
    assert by_page != before


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_reading_writes_nothing(pages, start, read):
    before = rows()

    assert pages.get(read(start)).status_code == 200
    assert rows() == before


def test_each_operation_of_the_api_is_among_these(client):
    described = client.get("/api/openapi.json").json()["paths"].values()
    operations = {one["operationId"] for path in described for one in path.values()}

    assert operations == {verb.operation for verb in VERBS.values()} | READS.keys()

"""SIGTERM, as systemd sends it: what is under way is finished, and nothing is done twice."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.gateway import Gateway
from catalog.models import Track
from catalog.tests.factories import GenreFactory
from conftest import ProcessGroup, Sandbox, Worker, wait_until
from curation import mirror
from curation.models import MirroredPlaylist
from curation.tests.evenings import Web
from curation.tests.mirrored import Desk, uris_of_the_sandbox
from ingestion import runs
from ingestion.models import IngestRun

GENRE, YEAR, WEEK, TRACKS = 6, 2026, 43, 250
SLOW_MS = 1_500


@pytest.fixture(scope="session")
def uris(sandbox_process: Sandbox) -> list[str]:
    return uris_of_the_sandbox(sandbox_process)


@pytest.fixture
def desk(transactional_db: None, sandbox: Sandbox, uris: list[str]) -> Desk:
    return Desk(sandbox, uris)


def expect_a_slow_one(sandbox: Sandbox, **match: str) -> Callable[[], bool]:
    """Whether the sandbox has that request in hand."""
    sandbox.post("faults", kind="delay", match=match, delay_ms=SLOW_MS)
    return lambda: any(rule["hits"] for rule in sandbox.get("faults"))


def end(process: ProcessGroup) -> None:
    """As systemd does with KillMode=mixed: only the head of it is told."""
    process.process.send_signal(signal.SIGTERM)
    assert process.process.wait(20) == 0


# Web


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    web = Web()
    web.start()
    yield web
    web.kill()


@pytest.mark.once
def test_a_request_under_way_is_answered(web, desk, sandbox):
    """One that asks Spotify in the middle of it."""
    mine = Gateway.of(desk.user).create_playlist(name="Opening", description="")
    category = desk.playlist("Warm Up").user_category
    is_under_way = expect_a_slow_one(sandbox, path=f"playlists/{mine.id}/items")
    client = Client()
    client.force_login(desk.user)
    client.get("/settings/")
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def adopt() -> requests.Response:
        return requests.post(
            web.url + reverse("golden_adopt", args=[category.pk]),
            data={"link": f"spotify:playlist:{mine.id}"},
            headers={"X-CSRFToken": cookies[settings.CSRF_COOKIE_NAME]},
            cookies=cookies,
            allow_redirects=False,
            timeout=20,
        )

    with ThreadPoolExecutor() as hands:
        answer = hands.submit(adopt)
        wait_until(is_under_way)
        end(web)

    assert answer.result().status_code == requests.codes.found
    assert desk.row("golden", "Warm Up").spotify_id == mine.id
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{web.url}/healthz", timeout=5)


# Worker


@pytest.mark.slow
def test_a_page_that_is_being_fetched_is_finished(worker: Worker, sandbox: Sandbox):
    sandbox.post("weeks", genre_id=GENRE, year=YEAR, week=WEEK, tracks=TRACKS)
    is_under_way = expect_a_slow_one(sandbox, path="/catalog/tracks/", query="page=2")
    run = runs.request_week(genre=GenreFactory(beatport_id=GENRE), year=YEAR, week=WEEK)
    wait_until(is_under_way)

    end(worker)
    worker.start()
    wait_until(lambda: IngestRun.objects.get(pk=run.pk).is_finished, 20)

    run.refresh_from_db()
    assert run.status == IngestRun.Status.COMPLETE
    assert run.collected == run.expected == Track.objects.count()
    log = sandbox.get("log", side="beatport")
    pages = [row["query"]["page"] for row in log if "/catalog/tracks/" in row["path"]]
    assert pages == ["1", "2", "3"]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/me/playlists$", "/items$"], ids=["create", "add"])
def test_a_playlist_that_is_being_sent_is_finished(worker: Worker, desk, sandbox, path):
    desk.fill(120)
    is_under_way = expect_a_slow_one(sandbox, method="POST", path=path)
    mirror.send_now(desk.period)
    wait_until(is_under_way)

    end(worker)

    assert not MirroredPlaylist.objects.waiting().exists()
    desk.assert_in_step()
    assert [path for _, path in desk.calls("POST")].count("/me/playlists") == 1
    assert len(desk.calls("POST", "/items")) == 2

import pytest
import requests
from django.conf import settings
from playwright.sync_api import Error, expect

from catalog.tests.factories import TrackFactory
from conftest import wait_until
from curation.tests.browser.conftest import DeskPage
from curation.tests.factories import CurationTrackFactory
from curation.tests.mirrored import GENRE

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def clip(sandbox, uris):
    """The address of a clip that the sandbox serves."""
    answer = requests.get(
        f"{settings.BEATPORT_API_URL}/catalog/tracks/",
        params={"genre_id": GENRE, "per_page": 1, "publish_date": "2026-09-28:2026-10-04"},
        headers={"Authorization": f"Bearer {settings.BEATPORT_ACCESS_TOKEN}"},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()["results"][0]["sample_url"]


@pytest.fixture
def found(period, uris):
    """Four tracks that Spotify has."""
    tracks = [TrackFactory(match="matched", spotify_uri=uri) for uri in uris[:4]]
    return [CurationTrackFactory(curation_period=period, track=track) for track in tracks]


@pytest.fixture
def desk(page, log_in, period, sandbox):
    log_in(page, period.user)
    return DeskPage(page, period)


def spotify_id(uris, number):
    return uris[number].rpartition(":")[2]


def frames(desk):
    desk.page.title()  # frames are only told of while something is asked
    return [frame for frame in desk.page.frames if "/embed/track/" in frame.url]


def playing(desk):
    """What sounds now: ids at Spotify, and "clip"; "?" while a frame is on its way to a track."""
    heard = [sound for frame in frames(desk) if (sound := sound_of(frame))]
    if desk.page.evaluate("!document.getElementById('clip').paused"):
        heard.append("clip")
    return heard


def sound_of(frame):
    try:
        is_playing = frame.evaluate("document.getElementById('sound')?.paused === false")
    except Error:
        return "?"
    return frame.url.rpartition("/")[2] if is_playing else ""


def wait_until_playing(desk, *expected):
    wait_until(lambda: playing(desk) == list(expected))


def position(desk):
    return float(desk.page.locator("#needle").input_value()) / 1000


def test_the_browser_wants_a_gesture_first(desk, found, uris):
    desk.open()

    button = desk.page.get_by_role("button", name="Start listening")
    expect(button).to_be_visible()
    wait_until(lambda: frames(desk))
    assert playing(desk) == []

    button.click()

    wait_until_playing(desk, spotify_id(uris, 0))
    expect(button).to_be_hidden()


def test_a_track_starts_where_the_dj_likes(desk, found, uris):
    desk.period.user.preferences.start_at_percent = 50
    desk.period.user.preferences.save()
    desk.open()

    desk.press("Space")

    wait_until_playing(desk, spotify_id(uris, 0))
    wait_until(lambda: 0.49 < position(desk) < 0.6)


def test_the_next_card_has_its_own_sound(desk, found, uris):
    desk.open()
    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))

    desk.press("1")

    wait_until_playing(desk, spotify_id(uris, 1))
    assert len(frames(desk)) == 1
    expect(desk.page.locator("#embed iframe")).to_have_count(1)


def test_the_sound_goes_on_while_another_order_is_chosen(desk, found, uris):
    desk.open()
    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))
    wait_until(lambda: position(desk) > 0.29)
    [frame] = frames(desk)
    heard = "document.getElementById('sound')"
    frame.evaluate(f"{heard}.addEventListener('pause', () => {{ window.stopped = true }})")

    desk.page.locator("article.card:not([hidden]) a.mix").click()

    expect(desk.page.locator("#sifted .part")).to_have_count(1)
    wait_until_playing(desk, spotify_id(uris, 0))
    assert not frame.evaluate("window.stopped")


def test_the_first_key_is_a_gesture(desk, found, uris):
    desk.open()
    expect(desk.page.get_by_role("button", name="Start listening")).to_be_visible()

    desk.press("1")

    wait_until_playing(desk, spotify_id(uris, 1))


def test_space_pauses_and_goes_on(desk, found, uris):
    desk.open()
    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))

    desk.press("Space")
    wait_until_playing(desk)
    expect(desk.page.get_by_role("button", name="Play", exact=True)).to_be_visible()

    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))


def test_jumps_and_steps(desk, found, uris):
    desk.open()
    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))
    wait_until(lambda: position(desk) > 0.29)

    desk.press("t")
    wait_until(lambda: 0.79 < position(desk) < 0.9)
    desk.press("q")
    wait_until(lambda: position(desk) < 0.1)
    desk.press("ArrowRight", "ArrowRight")
    wait_until(lambda: desk.page.locator("#position").inner_text() >= "0:20")


def test_in_a_burst_only_the_last_loads(desk, found, uris):
    desk.open()
    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url))

    desk.press("1", "1", "1")

    wait_until_playing(desk, spotify_id(uris, 3))
    loaded = [url.rpartition("/")[2] for url in asked if "/embed/track/" in url]
    assert spotify_id(uris, 2) not in loaded


def test_no_sound_stops_the_one_before(desk, found, uris, period):
    CurationTrackFactory(curation_period=period, position=0, track__match="not_found")
    desk.open()
    silence = desk.page.get_by_text("No sound for this track.")
    expect(silence).to_be_visible()
    expect(desk.page.get_by_role("link", name="Open on Beatport")).to_be_visible()
    desk.press("j")
    wait_until_playing(desk, spotify_id(uris, 0))

    desk.press("k")

    expect(silence).to_be_visible()
    wait_until_playing(desk)


def test_a_clip_where_spotify_has_nothing(desk, found, uris, period, clip):
    CurationTrackFactory(
        curation_period=period, position=0, track__match="not_found", track__sample_url=clip
    )
    desk.open()

    desk.press("Space")
    wait_until_playing(desk, "clip")
    expect(desk.page.get_by_text("Clip from Beatport")).to_be_visible()

    desk.press("1")
    wait_until_playing(desk, spotify_id(uris, 0))


def test_a_wrong_version_is_silent_at_once(desk, found, uris):
    desk.open()
    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))

    desk.press("m")

    wait_until_playing(desk)
    expect(desk.page.get_by_text("No sound for this track.")).to_be_visible()
    expect(desk.page.locator(".badge", has_text="Doubtful match")).to_be_visible()
    assert desk.shown() == found[0].pk


def test_a_finished_week_is_silent(desk, found, uris):
    desk.open()
    desk.press("Space")
    wait_until_playing(desk, spotify_id(uris, 0))

    for number in range(4):
        assert desk.shown() == found[number].pk
        desk.press("1")

    expect(desk.page.get_by_role("heading", name="Week 46 is sorted.")).to_be_visible()
    wait_until_playing(desk)


def test_the_focus_comes_back_from_the_embed(desk, found, uris):
    desk.open()
    wait_until(lambda: frames(desk))
    frames(desk)[0].locator("#toggle").wait_for()
    place = desk.page.locator("#embed iframe")
    place.click(position={"x": 40, "y": 15})

    expect(desk.page.locator("article.card:not([hidden])")).to_be_focused()
    desk.press("1")
    desk.wait_until_shown(found[1].pk)


def test_without_autoplay_nothing_sounds_by_itself(desk, found, uris):
    desk.period.user.preferences.autoplay = False
    desk.period.user.preferences.save()
    desk.open()
    expect(desk.page.get_by_role("button", name="Start listening")).to_be_hidden()

    desk.press("1")
    wait_until(lambda: frames(desk) and spotify_id(uris, 1) in frames(desk)[0].url)
    assert playing(desk) == []
    desk.press("Space")

    wait_until_playing(desk, spotify_id(uris, 1))


def test_a_player_that_cannot_be_reached_says_so(desk, found):
    desk.page.route("**/iframe-api/**", lambda route: route.abort())

    desk.open()

    expect(desk.page.get_by_text("Spotify’s player cannot be reached.")).to_be_visible()

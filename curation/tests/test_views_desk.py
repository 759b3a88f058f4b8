import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts.models import Preferences, QuotaBucket
from accounts.tests.factories import UserFactory
from catalog.models import SpotifyMatch
from catalog.tests.factories import ReleaseFactory, TrackFactory, matched_track
from curation import moves, periods
from curation.models import CurationTrack, GoldenTrack, MirroredPlaylist, Move
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}
SHOWN = "article.card:not([hidden])"


@pytest.fixture
def period():
    return CurationPeriodFactory()


@pytest.fixture
def tracks(period):
    return CurationTrackFactory.create_batch(9, curation_period=period)


@pytest.fixture
def dj(client, period):
    client.force_login(period.user)
    return client


def address(period, action=""):
    return reverse(f"sort_{action}" if action else "sort", args=[period.pk])


def look(dj, period, **query):
    answer = dj.get(address(period), query)
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def decide(dj, period, action, *, headers=FRAGMENT, **body):
    body.setdefault("client_id", uuid.uuid4())
    return dj.post(address(period, action), body, headers=headers)


def file(dj, period, track, name, **body):
    return decide(dj, period, "move", track=track.pk, to=playlist_of(period, name).pk, **body)


def visible_card(page):
    return [int(card.get("data-track")) for card in page.cssselect("article.card:not([hidden])")]


def cards(page):
    return [int(card.get("data-track")) for card in page.cssselect("article.card")]


def text(page, selector):
    return " ".join(page.cssselect(selector)[0].text_content().split())


def place_of(track):
    track.refresh_from_db()
    playlist = track.current_silver_playlist
    return playlist and playlist.user_category.name


# The page


def test_shows_the_first_card_with_the_next_five_waiting(dj, period, tracks):
    page = look(dj, period)

    assert visible_card(page) == [tracks[0].pk]
    assert sorted(cards(page)) == sorted(track.pk for track in [*tracks[:6], tracks[8]])


def test_shows_keys_with_counts_and_what_is_left(dj, period, tracks):
    file(dj, period, tracks[0], "Peak Time")

    page = look(dj, period)

    assert text(page, f"#count-{playlist_of(period, 'Peak Time').pk}") == "1"
    assert text(page, ".week-count") == "1 of 9 sorted"
    assert [key.get("data-keys") for key in page.cssselect(".key[name=to]")] == ["1", "2", "0 X"]


def test_a_card_asked_for_is_shown(dj, period, tracks):
    page = look(dj, period, track=tracks[4].pk)

    assert visible_card(page) == [tracks[4].pk]
    assert page.cssselect("#back")[0].get("href") == f"?order=release&track={tracks[3].pk}"
    assert page.cssselect("#forth")[0].get("href") == f"?order=release&track={tracks[5].pk}"
    assert page.cssselect("input[name=track]")[0].get("value") == str(tracks[4].pk)


def test_walking_goes_round(dj, period, tracks):
    page = look(dj, period)

    assert page.cssselect("#back")[0].get("href") == f"?order=release&track={tracks[8].pk}"


def test_what_is_no_track_is_not_minded(dj, period, tracks):
    page = look(dj, period, track="nonsense", held="x,,1e9,99999999999999999999")

    assert visible_card(page) == [tracks[0].pk]


def test_looking_writes_nothing(dj, period, tracks):
    before = Move.objects.count(), list(CurationTrack.objects.values())

    look(dj, period)

    assert (Move.objects.count(), list(CurationTrack.objects.values())) == before


def test_a_stranger_finds_nothing(client, period, tracks):
    client.force_login(UserFactory())

    assert client.get(address(period)).status_code == 404
    assert file(client, period, tracks[0], "Peak Time").status_code == 404
    assert place_of(tracks[0]) is None


def test_asks_who_one_is(client, period):
    assert client.get(address(period)).status_code == 302
    assert decide(client, period, "move", headers={}).status_code == 302
    assert decide(client, period, "move").status_code == 401


def count_queries(dj, period, headers=None):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert dj.get(address(period), headers=headers).status_code == 200
    return len(queries)


@pytest.mark.parametrize("headers", [None, FRAGMENT])
def test_a_large_week_takes_as_many_queries_as_a_small_one(dj, period, tracks, headers):
    for track in tracks[:3]:
        file(dj, period, track, "Peak Time")
    count_queries(dj, period, headers)
    few = count_queries(dj, period, headers)
    CurationTrackFactory.create_batch(30, curation_period=period)

    assert count_queries(dj, period, headers) == few


def test_a_card_tells_what_may_change_the_decision(dj, period):
    track = TrackFactory(
        title="A" * 60, match="other_edit", spotify_uri="spotify:track:abc", is_exclusive=True
    )
    CurationTrackFactory(curation_period=period, track=track, is_late=True)

    card = look(dj, period).cssselect("article.card")[0]

    badges = [" ".join(badge.text_content().split()) for badge in card.cssselect(".badge")]
    assert badges == ["Other edit on Spotify", "Late arrival", "Exclusive"]
    assert card.cssselect("[data-size=long]")
    assert card.get("data-uri") == "spotify:track:abc"
    assert card.cssselect(".sleeve-blank")


def test_a_card_tells_that_another_edit_is_kept_off_the_playlists(dj, period):
    Preferences.objects.filter(user=period.user).update(mirrors_edits=False)
    track = TrackFactory(match="other_edit", spotify_uri="spotify:track:abc")
    CurationTrackFactory(curation_period=period, track=track)

    badge = look(dj, period).cssselect("article.card .badge")[0]

    assert " ".join(badge.text_content().split()) == "Other edit, not in playlists"


def test_a_cover_is_in_the_page_before_its_card_is(dj, period):
    release = ReleaseFactory(artwork="https://covers.example/{w}x{h}/1.jpg")
    CurationTrackFactory(curation_period=period, track=TrackFactory(release=release))

    image = look(dj, period).cssselect("article.card img")[0]

    assert image.get("src") == "https://covers.example/800x800/1.jpg"
    assert image.get("loading") is None


def test_a_card_says_when_it_is_looked_up(dj, period):
    tomorrow = timezone.now() + timedelta(days=1)
    track = TrackFactory(match="pending", match__next_try_at=tomorrow)
    CurationTrackFactory(curation_period=period, track=track)

    card = look(dj, period).cssselect("article.card")[0]

    assert "Not looked up on Spotify yet; we look tomorrow at " in card.get("data-silence")


def test_a_card_that_is_due_is_in_line_until_the_searches_of_the_day_are_used_up(dj, period):
    track = TrackFactory(match="pending", match__next_try_at=timezone.now() - timedelta(days=1))
    CurationTrackFactory(curation_period=period, track=track)

    def silence() -> str:
        return look(dj, period).cssselect("article.card")[0].get("data-silence")

    assert silence() == "Not looked up on Spotify yet; it is in line."
    tomorrow = timezone.now() + timedelta(days=1)
    QuotaBucket.objects.filter(name="search").update(closed_until=tomorrow)
    assert "; we look tomorrow at " in silence()


def test_a_doubtful_match_is_not_played(dj, period):
    track = TrackFactory(match="review", spotify_uri="spotify:track:abc")
    CurationTrackFactory(curation_period=period, track=track)

    card = look(dj, period).cssselect("article.card")[0]

    assert card.get("data-uri") == ""
    assert "doubtful" in card.get("data-silence")


def test_says_where_else_the_dj_keeps_the_recording(dj, period, tracks):
    category = playlist_of(period, "Warm Up").user_category
    other = TrackFactory(recording_key=tracks[0].recording_key)
    GoldenTrack.objects.create(user_category=category, track=other, added_at=tracks[0].created_at)

    assert "In Golden Warm Up since" in text(look(dj, period), SHOWN)


def trashed_before(period, track):
    earlier = CurationPeriodFactory(user=period.user, style=period.style, week=37)
    again = TrackFactory(recording_key=track.recording_key)
    row = CurationTrackFactory(curation_period=earlier, track=again)
    moves.move_track(user=period.user, track=row, to=playlist_of(earlier, "Trash"))


def test_a_recording_met_again_offers_the_same_decision_on_a_key(dj, period, tracks):
    trashed_before(period, tracks[0].track)

    page = look(dj, period)

    assert "You trashed this on" in text(page, f"{SHOWN} .card-memory")
    again = page.cssselect(f"{SHOWN} button[form=bank]")[0]
    assert (again.get("name"), again.get("value")) == ("to", str(playlist_of(period, "Trash").pk))
    assert again.get("data-keys") == "S"
    assert " ".join(again.text_content().split()) == "S Trash again"


def test_the_next_cards_tell_it_before_their_turn(dj, period, tracks):
    trashed_before(period, tracks[1].track)

    assert "Trash," in text(look(dj, period), f"#peeks [data-track='{tracks[1].pk}'] .line-memory")


def test_a_category_on_the_same_key_keeps_it(dj, period, tracks):
    trashed_before(period, tracks[0].track)
    period.user.categories.filter(name="Warm Up").update(hotkey="S")

    again = look(dj, period).cssselect(f"{SHOWN} button[form=bank]")[0]

    assert again.get("data-keys") == ""
    assert " ".join(again.text_content().split()) == "Trash again"


def test_cards_with_memories_take_as_many_queries_as_one_of_them(dj, period, tracks):
    trashed_before(period, tracks[0].track)
    count_queries(dj, period)
    few = count_queries(dj, period)
    earlier = CurationPeriodFactory(user=period.user, week=12)
    for track in tracks[1:6]:
        again = TrackFactory(recording_key=track.recording_key)
        row = CurationTrackFactory(curation_period=earlier, track=again)
        moves.move_track(user=period.user, track=row, to=playlist_of(earlier, "Peak Time"))

    assert count_queries(dj, period) == few


def test_without_keys_no_key_is_promised(dj, period, tracks):
    period.user.preferences.keys_enabled = False
    period.user.preferences.save()

    assert "keys-off" in look(dj, period).cssselect("body")[0].get("class")


# Weeks that have nothing to decide


def test_a_week_on_its_way(dj, period):
    run = fetch(period, status="running", expected=612, collected=438)

    page = look(dj, period)

    assert text(page, "#message h2") == "Week 46 is on its way."
    assert "438 of 612 from Beatport" in text(page, "#message")
    assert page.cssselect("#message form.poll")[0].get("hx-trigger") == "every 3s"
    assert run.status == "running"


def test_a_week_on_its_way_can_be_started(dj, period, tracks):
    fetch(period, status="running", expected=612, collected=9)

    assert visible_card(look(dj, period)) == []
    assert "Start with the 9 that are here" in text(look(dj, period), "#message")
    assert visible_card(look(dj, period, start=1)) == [tracks[0].pk]


def test_a_week_that_did_not_arrive(dj, period):
    fetch(period, status="failed", error="Beatport answered 503.")

    page = look(dj, period)

    assert "Beatport answered 503." in text(page, "#message")
    assert page.cssselect("#message form")[0].get("action") == reverse(
        "period_fetch", args=[period.pk]
    )


def test_an_empty_week(dj, period):
    assert text(look(dj, period), "#message h2") == "Nothing in this week."


def test_a_style_without_categories(dj, period):
    period.playlists.exclude(user_category__is_trash=True).delete()

    page = look(dj, period)

    assert text(page, "#message h2") == "No categories yet."
    assert page.cssselect("#message a")[0].get("href") == reverse("style", args=[period.style.slug])


def test_a_finished_week_is_a_shelf_with_a_next_step(dj, period):
    tracks = CurationTrackFactory.create_batch(3, curation_period=period)
    for track in tracks[:2]:
        file(dj, period, track, "Peak Time")
    file(dj, period, tracks[2], "Trash")

    page = look(dj, period)

    assert text(page, "#message h2") == "Week 46 is sorted."
    assert len(page.cssselect(".slot .spine")) == 2
    assert page.cssselect("#message a")[0].get("href") == reverse("review", args=[period.pk])
    assert page.cssselect("#keys[hidden][disabled]")


def test_a_closed_week_is_read_and_reopened(dj, period, tracks):
    periods.close_period(period, rest_to_trash=False)

    page = look(dj, period)

    assert text(page, "#message h2") == "Week 46 is closed."
    assert page.cssselect("#message form")[0].get("action") == reverse(
        "period_reopen", args=[period.pk]
    )
    assert visible_card(page) == []


def fetch(period, **fields):
    genre = TrackFactory().genre
    period.style.genres.add(genre)
    period.filled_at = None
    period.save()
    return IngestRun.objects.create(genre=genre, year=period.year, week=period.week, **fields)


# Decisions


def test_a_track_out_of_bronze_is_filed_and_no_more_is_said(dj, period, tracks):
    answer = file(dj, period, tracks[0], "Peak Time")

    assert (answer.status_code, answer.content) == (204, b"")
    assert place_of(tracks[0]) == "Peak Time"


def test_what_the_page_does_not_know_is_answered(dj, period, tracks):
    file(dj, period, tracks[0], "Peak Time")

    answer = file(dj, period, tracks[0], "Warm Up")  # as another tab would

    page = html.fromstring(f"<main>{answer.content.decode()}</main>")
    assert text(page, f"#count-{playlist_of(period, 'Peak Time').pk}") == "0"
    assert text(page, f"#count-{playlist_of(period, 'Warm Up').pk}") == "1"
    assert "<html" not in answer.content.decode()


def test_the_last_track_is_answered_with_the_end(dj, period):
    answer = file(dj, period, CurationTrackFactory(curation_period=period), "Peak Time")

    assert text(html.fromstring(answer.content.decode()), "#message h2") == "Week 46 is sorted."


def test_what_comes_next_and_what_changed_is_brought(dj, period, tracks):
    file(dj, period, tracks[0], "Peak Time")
    held = ",".join(str(track.pk) for track in [*tracks[1:6], tracks[8]])

    answer = decide(dj, period, "next", at=tracks[1].pk, held=held)

    page = html.fromstring(f"<main>{answer.content.decode()}</main>")
    assert cards(page) == [tracks[6].pk, tracks[7].pk]
    assert page.cssselect("#incoming")[0].get("data-shown") == str(tracks[1].pk)
    assert text(page, f"#count-{playlist_of(period, 'Peak Time').pk}") == "1"
    assert text(page, "#log .line-title") == tracks[0].track.title
    assert text(page, "#last span") == f"{tracks[0].track.title} is in Peak Time."
    assert "<html" not in answer.content.decode()


def test_a_page_that_has_cards_gets_many_at_once(dj, period):
    tracks = CurationTrackFactory.create_batch(20, curation_period=period)

    answer = decide(dj, period, "next", at=tracks[0].pk, held=tracks[0].pk)

    page = html.fromstring(f"<main>{answer.content.decode()}</main>")
    assert sorted(cards(page)) == [track.pk for track in [*tracks[1:13], tracks[19]]]


def test_decisions_on_their_way_are_left_out(dj, period, tracks):
    file(dj, period, tracks[0], "Trash")

    answer = decide(
        dj,
        period,
        "next",
        at=tracks[3].pk,
        undelivered=f"{tracks[1].pk},{tracks[2].pk}",
    )

    page = html.fromstring(answer.content.decode())
    order = page.cssselect("#incoming")[0].get("data-order").split(",")
    assert order == [str(track.pk) for track in tracks[3:]]
    assert page.cssselect("#incoming")[0].get("data-left") == "8"


def test_the_same_id_files_once(dj, period, tracks):
    client_id = uuid.uuid4()

    for _ in range(2):
        answer = file(dj, period, tracks[0], "Peak Time", client_id=client_id)
        assert answer.status_code in (200, 204)

    assert Move.objects.count() == 1


def test_the_same_id_for_another_decision_is_refused(dj, period, tracks):
    client_id = uuid.uuid4()
    file(dj, period, tracks[0], "Peak Time", client_id=client_id)

    answer = file(dj, period, tracks[1], "Peak Time", client_id=client_id)

    assert answer.status_code == 409
    assert place_of(tracks[1]) is None


def test_straight_to_golden(dj, period, tracks):
    file(dj, period, tracks[0], "Peak Time", golden="1")

    assert GoldenTrack.objects.get().user_category.name == "Peak Time"
    assert "Golden" in text(look(dj, period), "#log li")


def test_nothing_goes_to_golden_from_trash(dj, period, tracks):
    answer = file(dj, period, tracks[0], "Trash", golden="1")

    assert answer.status_code == 409
    assert place_of(tracks[0]) is None


def test_later_puts_a_track_behind_all_others(dj, period, tracks):
    answer = decide(dj, period, "later", track=tracks[0].pk)

    assert answer.status_code == 200
    assert visible_card(look(dj, period)) == [tracks[1].pk]
    back = look(dj, period).cssselect("#back")[0].get("href")
    assert back == f"?order=release&track={tracks[0].pk}"
    assert text(look(dj, period), "#log li b") == "Later"


def test_a_track_put_off_is_not_the_next_card_of_a_page_that_has_none(dj, period, tracks):
    answer = decide(dj, period, "later", track=tracks[0].pk, at="", held=tracks[0].pk)

    incoming = html.fromstring(answer.content.decode()).cssselect("#incoming")[0]
    assert incoming.get("data-shown") == str(tracks[1].pk)


def test_a_wrong_version_waits_for_a_decision_and_leaves_spotify(dj, period):
    track = CurationTrackFactory(curation_period=period, track=matched_track())

    answer = decide(dj, period, "wrong", track=track.pk, held=track.pk)

    track.track.match.refresh_from_db()
    assert track.track.match.state == SpotifyMatch.State.REVIEW
    assert place_of(track) is None
    bronze = MirroredPlaylist.objects.get(layer="bronze", curation_period=period)
    assert bronze.is_waiting
    card = html.fromstring(answer.content.decode()).cssselect("article.card")[0]
    assert card.get("data-uri") == ""


def test_doubting_twice_is_doubting_once(dj, period):
    track = CurationTrackFactory(curation_period=period, track=matched_track())

    decide(dj, period, "wrong", track=track.pk)
    before = list(SpotifyMatch.objects.values()), list(MirroredPlaylist.objects.values())

    answer = decide(dj, period, "wrong", track=track.pk)

    assert answer.status_code == 200
    assert before == (
        list(SpotifyMatch.objects.values()),
        list(MirroredPlaylist.objects.values()),
    )


def test_undo_of_the_latest(dj, period, tracks):
    file(dj, period, tracks[0], "Peak Time")
    file(dj, period, tracks[1], "Trash")

    answer = decide(dj, period, "undo")

    assert (place_of(tracks[0]), place_of(tracks[1])) == ("Peak Time", None)
    assert answer.status_code == 200


def test_undo_of_one_row_of_the_log(dj, period, tracks):
    first = uuid.uuid4()
    file(dj, period, tracks[0], "Peak Time", client_id=first)
    file(dj, period, tracks[1], "Trash")

    answer = decide(dj, period, "undo", move=first)

    page = html.fromstring(answer.content.decode())
    assert (place_of(tracks[0]), place_of(tracks[1])) == (None, "Trash")
    assert page.cssselect("#incoming")[0].get("data-shown") == str(tracks[0].pk)


def test_undo_sent_twice_reverts_once(dj, period, tracks):
    second = uuid.uuid4()
    file(dj, period, tracks[0], "Peak Time")
    file(dj, period, tracks[1], "Trash", client_id=second)

    for _ in range(2):
        decide(dj, period, "undo", move=second)

    assert place_of(tracks[0]) == "Peak Time"


def test_undo_of_what_never_arrived_changes_nothing(dj, period, tracks):
    file(dj, period, tracks[0], "Peak Time")

    for unknown in (uuid.uuid4(), "nonsense"):
        assert decide(dj, period, "undo", move=unknown).status_code == 200

    assert place_of(tracks[0]) == "Peak Time"


def test_undo_of_golden_takes_both_steps_back(dj, period, tracks):
    client_id = uuid.uuid4()
    file(dj, period, tracks[0], "Peak Time", golden="1", client_id=client_id)

    decide(dj, period, "undo", move=client_id)

    assert place_of(tracks[0]) is None
    assert not GoldenTrack.objects.exists()


def test_undo_of_a_track_moved_again_since_is_refused(dj, period, tracks):
    first = uuid.uuid4()
    file(dj, period, tracks[0], "Peak Time", client_id=first)
    file(dj, period, tracks[0], "Trash")

    answer = decide(dj, period, "undo", move=first)

    assert answer.status_code == 409
    assert place_of(tracks[0]) == "Trash"


def test_the_log_is_short_and_newest_first(dj, period):
    tracks = CurationTrackFactory.create_batch(15, curation_period=period)
    for track in tracks:
        file(dj, period, track, "Trash")

    titles = [line.text for line in look(dj, period).cssselect("#log .line-title")]

    assert titles == [track.track.title for track in tracks[:2:-1]]


def test_one_action_on_many_tracks_is_one_row(dj, period, tracks):
    file(dj, period, tracks[0], "Peak Time")
    moves.trash_rest(period)

    rows = look(dj, period).cssselect("#log li")

    assert len(rows) == 2
    assert rows[0].get("data-tracks") == "8"


# Refusals


@pytest.mark.parametrize("action", ["move", "later", "wrong", "undo"])
def test_a_closed_week_refuses(dj, period, tracks, action):
    periods.close_period(period, rest_to_trash=False)
    to = playlist_of(period, "Peak Time").pk

    answer = decide(dj, period, action, track=tracks[0].pk, to=to)

    assert answer.status_code == 409
    assert "Reopen%20it" in answer["X-Sentence"]
    assert place_of(tracks[0]) is None


def test_a_vanished_category_refuses_with_a_sentence(dj, period, tracks):
    answer = decide(dj, period, "move", track=tracks[0].pk, to=987654, headers={})

    assert answer.status_code == 422
    assert "This category is gone." in answer.content.decode()


def test_a_track_of_another_week_is_refused(dj, period):
    elsewhere = CurationTrackFactory()

    assert file(dj, period, elsewhere, "Peak Time").status_code == 422
    assert place_of(elsewhere) is None


@pytest.mark.parametrize("client_id", ["nonsense", "1"])
def test_an_id_that_is_none_is_refused(dj, period, tracks, client_id):
    assert file(dj, period, tracks[0], "Peak Time", client_id=client_id).status_code == 422


# Without JavaScript


def test_the_form_of_the_page_files_and_leads_on(dj, period, tracks):
    page = look(dj, period)
    form = page.cssselect("#bank")[0]
    body = {field.name: field.value for field in form.inputs if field.name != "golden"}
    body["to"] = page.cssselect(".key")[0].get("value")

    answer = dj.post(form.action, body, follow=True)

    assert answer.redirect_chain == [(address(period), 303)]
    assert place_of(tracks[0]) == "Warm Up"


def test_after_a_card_walked_to_comes_the_one_behind_it(dj, period, tracks):
    answer = file(dj, period, tracks[4], "Peak Time", headers={})

    assert answer.status_code == 303
    assert answer["Location"] == f"{address(period)}?track={tracks[5].pk}"


def test_undo_leads_back_to_the_card(dj, period, tracks):
    client_id = uuid.uuid4()
    file(dj, period, tracks[4], "Peak Time", client_id=client_id)

    answer = decide(dj, period, "undo", move=client_id, headers={})

    assert answer["Location"] == f"{address(period)}?track={tracks[4].pk}"

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts.tests.factories import UserFactory
from catalog.models import SpotifyMatch
from catalog.tests.factories import LabelFactory, ReleaseFactory, TrackFactory
from curation import sifting
from curation.models import RememberedSelection
from curation.selection import NOTHING_ASKED, Selection
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}
KEYS = ["8A", "9A", "1B"]


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


@pytest.fixture
def rows(period):
    """In Bronze order 129, 128, …: by BPM they are the other way round."""
    return fill(period, 12)


def fill(period, count):
    return [
        CurationTrackFactory(
            curation_period=period, track=TrackFactory(bpm=129 - number % 12, key=KEYS[number % 3])
        )
        for number in range(count)
    ]


def address(period, action=""):
    return reverse(f"sort_{action}" if action else "sort", args=[period.pk])


def read(answer):
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def look(pages, period, query="", **headers):
    return read(pages.get(f"{address(period)}?{query}", headers=headers))


def choose(pages, period, selection, *, headers=FRAGMENT, **told):
    return pages.post(address(period, "select"), {"selection": selection, **told}, headers=headers)


def file(pages, period, row, selection, *, headers=FRAGMENT, **told):
    body = {"track": row.pk, "to": playlist_of(period, "Warm Up").pk, "selection": selection}
    return pages.post(address(period, "move"), body | told, headers=headers)


def order(page):
    return [int(pk) for pk in page.cssselect("#incoming")[0].get("data-order").split(",") if pk]


def text(page, selector):
    return " ".join(page.cssselect(selector)[0].text_content().split())


def pks(rows):
    return [row.pk for row in rows]


def test_an_address_says_the_order_and_what_is_shown(pages, period, rows):
    page = look(pages, period, "order=bpm&bpm_from=120&bpm_to=126")

    chosen = pks(rows[9:2:-1])
    assert order(page) == [chosen[-1], *chosen[:6]]
    assert text(page, "#sifted p") == "7 of 12 shown"
    assert text(page, ".week-count") == "0 of 12 sorted"
    assert text(page, ".scale-ends span:last-child") == "12 left in Bronze, by BPM"
    assert page.cssselect("#f-bpm-from")[0].get("value") == "120"
    assert page.cssselect("#f-order option[selected]")[0].get("value") == "bpm"


def test_nothing_is_said_of_a_selection_that_leaves_nothing_out(pages, period, rows):
    assert look(pages, period).cssselect("#sifted[hidden]")
    assert look(pages, period, "order=bpm").cssselect("#sifted[hidden]")


def test_the_order_is_the_same_after_a_decision_and_an_undo(pages, period, rows):
    asked = "order=bpm&key=8A&key=9A"
    before = order(look(pages, period, asked))
    shown = [before[1], before[2]]

    first = next(row for row in rows if row.pk == before[1])
    after = read(file(pages, period, first, asked, at=before[2]))
    undone = read(
        pages.post(address(period, "undo"), {"selection": asked, "at": shown[1]}, headers=FRAGMENT)
    )

    assert order(after)[:6] == [before[0], *before[2:]]
    assert order(undone) == [shown[0], *before[2:], order(undone)[-1]]
    assert order(look(pages, period, asked)) == before
    assert text(after, "#sifted p") == "7 of 11 shown"


def test_the_way_back_and_forth_is_the_one_of_the_selection(pages, period, rows):
    page = look(pages, period, f"order=bpm&track={rows[5].pk}")

    assert page.cssselect("#back")[0].get("href") == f"?order=bpm&track={rows[6].pk}"
    assert page.cssselect("#forth")[0].get("href") == f"?order=bpm&track={rows[4].pk}"


def test_a_card_asked_for_is_shown_though_the_selection_leaves_it_out(pages, period, rows):
    page = look(pages, period, f"bpm_to=120&track={rows[0].pk}")

    assert page.cssselect("article.card:not([hidden])")[0].get("data-track") == str(rows[0].pk)
    assert order(page) == pks([rows[0], *rows[9:]])


def test_an_empty_selection_says_so_and_has_a_way_out(pages, period, rows):
    page = look(pages, period, "order=bpm&q=nothing+like+that")

    assert "12 tracks still wait in Bronze" in text(page, "#message")
    assert page.cssselect("#message a.button")[0].get("href") == "?order=bpm"
    assert page.cssselect("#message")[0].get("data-state") == "sifted"
    assert not page.cssselect("article.card:not([hidden])")


def test_a_finished_week_is_finished_whatever_is_asked_for(pages, period):
    row = CurationTrackFactory(curation_period=period)
    file(pages, period, row, "bpm_from=300")

    page = look(pages, period, "bpm_from=300")

    assert page.cssselect("#message")[0].get("data-state") == "finished"


def test_what_was_chosen_is_remembered_for_the_style(pages, period, rows):
    choose(pages, period, "order=bpm&label=3&q=moon")
    next_week = CurationPeriodFactory(user=period.user, style=period.style, week=47)

    answer = pages.get(address(next_week) + "?start=1")

    assert answer.status_code == 302
    assert answer["Location"] == address(next_week) + "?order=bpm&label=3&start=1"


def test_an_address_counts_more_than_what_is_remembered(pages, period, rows):
    sifting.remember(period, Selection(order="bpm"))

    assert order(look(pages, period, "order=release"))[1] == rows[0].pk
    assert order(look(pages, period, "key=9A")) == pks(rows[1::3])
    assert sifting.remembered(period) == Selection(order="bpm")


def test_looking_remembers_nothing(pages, period, rows):
    look(pages, period, "order=bpm")
    look(pages, period, "order=bpm", **FRAGMENT)

    assert not RememberedSelection.objects.exists()


def test_reset_forgets(pages, period, rows):
    sifting.remember(period, Selection(order="bpm"))

    answer = choose(pages, period, "", headers={})

    assert (answer.status_code, answer["Location"]) == (303, address(period))
    assert order(look(pages, period))[1] == rows[0].pk


def test_without_javascript_a_decision_goes_on_in_the_selection_and_remembers_it(
    pages, period, rows
):
    answer = file(pages, period, rows[8], "order=bpm&bpm_from=120", headers={})

    query = f"?order=bpm&bpm_from=120&track={rows[7].pk}"
    assert (answer.status_code, answer["Location"]) == (303, address(period) + query)
    assert sifting.remembered(period) == Selection(order="bpm", bpm_from=120)


def test_the_card_in_sight_stays_if_it_is_among_those_chosen(pages, period, rows):
    stays = read(choose(pages, period, "order=bpm", at=rows[5].pk))
    goes = read(choose(pages, period, "order=bpm&bpm_to=119", at=rows[5].pk))

    assert stays.cssselect("#incoming")[0].get("data-shown") == str(rows[5].pk)
    assert goes.cssselect("#incoming")[0].get("data-shown") == str(rows[11].pk)


def test_the_form_is_drawn_again_only_when_asked(pages, period, rows):
    assert not read(choose(pages, period, "q=x")).cssselect("#finder-form")

    page = read(choose(pages, period, "q=x", redraw="1"))

    assert page.cssselect("#f-q")[0].get("value") == "x"


def test_what_mixes_with_the_card_keeps_what_else_was_asked_for(pages, period, rows):
    page = look(pages, period, "order=bpm&bpm_to=126")
    card = page.cssselect("article.card:not([hidden])")[0]

    [link] = card.cssselect("a.mix")
    music, pk = card.get("data-music"), card.get("data-track")
    assert link.get("href") == f"?mixes={music}&order=bpm&bpm_to=126&track={pk}"

    page = look(pages, period, link.get("href")[1:])
    assert order(page)[0] == int(pk)
    assert text(page, ".scale-ends span:last-child") == "12 left in Bronze, best mix first"


def test_a_label_can_be_chosen_and_is_named(pages, period):
    label = LabelFactory(name="Gleis Neun")
    CurationTrackFactory(
        curation_period=period, track=TrackFactory(release=ReleaseFactory(label=label))
    )
    sorted_one = CurationTrackFactory(curation_period=period)
    file(pages, period, sorted_one, "")

    page = look(pages, period, f"label={label.pk}")

    assert [one.text_content() for one in page.cssselect("#f-label option")] == [
        "Any label",
        "Gleis Neun (1)",
    ]
    assert text(page, ".part") == "Gleis Neun, take this away"
    assert page.cssselect(".part")[0].get("href") == "?order=release"


def test_the_errand_looks_up_first_what_the_dj_has_chosen(pages, period, rows):
    choose(pages, period, "order=bpm&key=8A", at=rows[3].pk)

    chosen = [rows[3], rows[0], rows[9], rows[6]]
    tracks = list(SpotifyMatch.objects.due(timezone.now()).values_list("track", flat=True))
    rest = [row for row in rows if row not in chosen]
    assert tracks == [row.track_id for row in [*chosen, *rest]]


def test_a_stranger_finds_nothing(client, period, rows):
    client.force_login(UserFactory())

    assert choose(client, period, "order=bpm").status_code == 404
    assert not RememberedSelection.objects.exists()


def test_a_selection_cannot_be_chosen_by_looking(pages, period):
    assert pages.get(address(period, "select")).status_code == 405


EVERYTHING = "order=key&q=title&bpm_from=1&bpm_to=300&key=8A&length_from=1&badge=also&unheard=1"


@pytest.mark.parametrize("asked", ["order=bpm", EVERYTHING])
def test_a_large_week_takes_as_many_queries_as_a_small_one(pages, period, asked):
    def queries():
        counts = []
        for headers in ({}, FRAGMENT):
            with CaptureQueriesContext(connection) as made:
                look(pages, period, asked, **headers)
            counts.append(len(made))
        with CaptureQueriesContext(connection) as made:
            assert choose(pages, period, asked, redraw="1").status_code == 200
        return [*counts, len(made)]

    rows = fill(period, 9)
    for row in rows:
        TrackFactory(recording_key=row.recording_key)
    queries()
    few = queries()
    for row in fill(period, 30):
        TrackFactory(recording_key=row.recording_key)

    assert queries() == few


def test_nothing_asked_costs_one_query_more_than_no_memory_at_all(pages, period, rows):
    with CaptureQueriesContext(connection) as queries:
        look(pages, period)

    asked = [query["sql"] for query in queries if "rememberedselection" in query["sql"]]
    assert len(asked) == 1
    assert sifting.remembered(period) == NOTHING_ASKED

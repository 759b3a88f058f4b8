from datetime import date

import pytest
from django.utils import timezone

from catalog.models import Track
from catalog.tests.factories import ArtistFactory, LabelFactory, ReleaseFactory, TrackFactory
from curation import sifting
from curation.models import GoldenTrack, RememberedSelection
from curation.selection import BADGES, NOTHING_ASKED, ORDERS, Selection
from curation.sifting import Sieve
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return CurationPeriodFactory()


@pytest.fixture
def add(period):
    """A row of the week, called by its title."""

    def add(title, *, row=None, **track):
        return CurationTrackFactory(
            curation_period=period, track=TrackFactory(title=title, **track), **(row or {})
        )

    return add


def found(period, **asked) -> str:
    rows = Sieve(period, Selection(**asked)).bronze().select_related("track")
    return " ".join(row.track.title for row in rows)


def on_label(name):
    return ReleaseFactory(label=LabelFactory(name=name))


def test_orders(period, add):
    add("a", bpm=130, key="10A", release=on_label("zoo"), published_on=date(2026, 11, 10))
    add("b", bpm=128, key="9B", release=on_label("Über"), published_on=date(2026, 11, 12))
    add("c", bpm=None, key="", release=None, published_on=None)
    add("d", bpm=128, key="9A", release=on_label("alpha"), published_on=date(2026, 11, 12))

    assert found(period) == "a b c d"
    assert found(period, order="bpm") == "d b a c"
    assert found(period, order="key") == "d b a c"
    assert found(period, order="label") == "d b a c"
    assert found(period, order="newest") == "b d a c"


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_put_off_comes_last_in_every_order(period, add, order):
    add("off", bpm=60, key="1A", published_on=date(2026, 11, 15), row={"later_at": timezone.now()})
    add("on")

    assert found(period, order=order) == "on off"


@pytest.mark.parametrize("order", ORDERS)
def test_equals_stay_in_bronze_order(period, add, order):
    release = ReleaseFactory()
    for number in range(5):
        add(str(number), release=release, row={"position": 9 - number})

    assert found(period, order=order) == "4 3 2 1 0"


def test_bounds_of_tempo_and_length_are_among_what_is_found(period, add):
    add("slow", bpm=119, length_ms=179_999)
    add("low", bpm=120, length_ms=180_000)
    add("high", bpm=128, length_ms=480_000)
    add("fast", bpm=129, length_ms=480_001)
    add("unknown", bpm=None, length_ms=None)

    assert found(period, bpm_from=120, bpm_to=128) == "low high"
    assert found(period, length_from=3, length_to=8) == "low high"
    assert found(period, bpm_to=119) == "slow"
    assert found(period, length_from=9) == ""


def test_keys_and_a_label(period, add):
    label = LabelFactory()
    add("mine", key="8A", release=ReleaseFactory(label=label))
    add("other", key="8B")
    add("third", key="1A")

    assert found(period, key=("8A", "8B")) == "mine other"
    assert found(period, label=label.pk) == "mine"
    assert found(period, label=label.pk, key=("1A",)) == ""


def test_not_yet_heard(period, add):
    add("new")
    add("heard", row={"heard_at": timezone.now()})
    add("put off", row={"later_at": timezone.now()})

    assert found(period, unheard=True) == "new"


@pytest.mark.parametrize(
    "words", ["uber", "ÜBER ich", "orsted", "nachtdigital", "Dub", "moon ep", "ber ørst"]
)
def test_search_finds_titles_mixes_artists_labels_and_releases(period, add, words):
    release = ReleaseFactory(title="Half Moon EP", label=LabelFactory(name="Nachtdigital"))
    artists = [ArtistFactory(name="Ørsted")]
    add("Über Ich", mix_name="Ada's Dub", artists=artists, release=release)
    add("Another")

    assert found(period, q=words) == "Über Ich"


def test_search_wants_every_word(period, add):
    add("Über Ich")

    assert found(period, q="uber you") == ""


def test_badges(period, add):
    add("plain", match="matched")
    add("late", match="matched", row={"is_late": True})
    add("later", match="matched", row={"later_at": timezone.now()})
    golden = add("golden", match="matched")
    also = add("also", match="matched")
    add("exclusive", match="matched", is_exclusive=True)
    add("edit", match="other_edit")
    add("doubt", match="review")
    add("missing", match="not_found")
    add("withdrawn", match="matched", status=Track.Status.WITHDRAWN)
    keeper = playlist_of(period, "Warm Up").user_category
    GoldenTrack.objects.create(user_category=keeper, track=golden.track, added_at=timezone.now())
    TrackFactory(recording_key=also.recording_key)

    assert [found(period, badge=badge) for badge in BADGES] == list(BADGES)


def test_golden_of_another_dj_is_no_badge(period, add):
    theirs = playlist_of(CurationPeriodFactory(), "Warm Up").user_category
    row = add("golden")
    GoldenTrack.objects.create(user_category=theirs, track=row.track, added_at=timezone.now())

    assert found(period, badge="golden") == ""


def test_what_mixes_with_a_track_comes_with_the_best_fit_first(period, add):
    add("far", bpm=128, key="10A")
    add("fast", bpm=136, key="8A")
    add("neighbour", bpm=128, key="9A")
    add("relative", bpm=128, key="8B")
    add("near", bpm=130, key="8A")
    add("same", bpm=128, key="8A")
    add("unknown", bpm=None, key="8A")
    it = add("it", bpm=128, key="8A")

    assert found(period, mixes=it.track_id) == "it same near relative neighbour"
    assert found(period, mixes=it.track_id, bpm_from=129) == "near"


def test_a_track_mixes_by_what_is_known_of_it(period, add):
    keyless = add("keyless", bpm=100, key="")
    tempoless = add("tempoless", bpm=None, key="1A")
    unknown = add("unknown", bpm=None, key="")
    add("other", bpm=101, key="12A")

    assert found(period, mixes=keyless.track_id) == "keyless other"
    assert found(period, mixes=tempoless.track_id) == "tempoless other"
    assert found(period, mixes=unknown.track_id) == ""
    assert found(period, mixes=10**18 - 1) == ""


def test_what_is_asked_for_is_told_in_parts_that_can_be_left_out(period, add):
    label = LabelFactory(name="Gleis Neun")
    asked = Selection(order="bpm", q="moon", bpm_from=120, label=label.pk, badge="late")

    parts = Sieve(period, asked).parts

    assert [part.words for part in parts] == [
        "“moon”",
        "from 120 BPM",
        "Gleis Neun",
        "Late arrival",
    ]
    assert parts[2].rest == asked.without("label")


def test_remembered_per_style_and_dj(period):
    same_style = CurationPeriodFactory(user=period.user, style=period.style, week=45)

    sifting.remember(period, Selection(order="bpm", q="moon", mixes=4))
    sifting.remember(period, Selection(order="key", q="moon", mixes=4))

    assert sifting.remembered(same_style) == Selection(order="key")
    assert sifting.remembered(CurationPeriodFactory(user=period.user)) == NOTHING_ASKED
    assert sifting.remembered(CurationPeriodFactory(style=period.style)) == NOTHING_ASKED


def test_forgotten_when_nothing_is_asked_for(period):
    sifting.remember(period, Selection(order="bpm"))

    sifting.remember(period, NOTHING_ASKED)

    assert not RememberedSelection.objects.exists()


def test_choices_of_a_week(period, add):
    label = LabelFactory(name="Beta")
    add("a", bpm=120, key="1A", release=ReleaseFactory(label=label))
    add("b", bpm=140, key="1A", release=ReleaseFactory(label=label))
    add("c", bpm=None, key="", release=on_label("alpha"))
    add("d", bpm=130, key="2A", release=None)
    gone = LabelFactory(name="Gone")

    choices = sifting.Choices(Sieve(period, Selection(label=gone.pk)))

    assert (choices.slowest, choices.fastest) == (120, 140)
    assert choices.keys["1A"] == 2
    assert [(name, count) for _, name, count in choices.labels] == [
        ("alpha", 1),
        ("Beta", 2),
        ("Gone", 0),
    ]

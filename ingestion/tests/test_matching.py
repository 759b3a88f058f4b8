"""Real-looking cases, one table for each thing that is compared."""

from collections.abc import Sequence

import pytest

from ingestion.matching import Found, Likeness, Subject, Wanted, judge, preference

SAME, EDIT, DOUBTFUL, NO = Likeness


def wanted(title="Rain", mix="Original Mix", artists=("Ada",), remixers=(), seconds=360, isrc=""):
    length = None if seconds is None else int(seconds * 1000)
    return Wanted(title, mix, tuple(artists), tuple(remixers), isrc, length)


def found(title="Rain", artists=("Ada",), seconds=360, album="Rain", isrc="", **more):
    length = None if seconds is None else int(seconds * 1000)
    return Found(title, tuple(artists), album=album, isrc=isrc, length_ms=length, **more)


def likeness(ours: Wanted, theirs: Found) -> Likeness:
    return judge(Subject(ours), theirs).likeness


def reasons(ours: Wanted, theirs: Found) -> str:
    return ", ".join(judge(Subject(ours), theirs).reasons)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("Rain", "Rain", SAME),
        ("Rain", "RAIN", SAME),
        ("Iyewaye", "Iyéwaye", SAME),
        ("What's Done Is Done", "What’s Done Is Done", SAME),
        ("Back On The Train", "Back on Train", SAME),
        ("Rain feat. Zoe Johnston", "Rain (feat. Zoë Johnston)", SAME),
        ("Rain feat. Zoe Johnston", "Rain", SAME),
        ("Marea (we've lost dancing)", "Marea (We’ve Lost Dancing)", SAME),
        ("Marea (we've lost dancing)", "Marea We've Lost Dancing", SAME),
        ("Suite Pt. 2", "Suite Part II", SAME),
        ("Suite Pt. 2", "Suite Part 2", SAME),
        ("Suite 1", "Suite 2", NO),
        ("Untitled A1", "Untitled A2", NO),
        ("Rave Tool A", "Rave Tool B", NO),
        ("Rain", "Rainfall", NO),
        ("Rain", "Ruin", NO),
        ("Sunday Maybe", "Mirror Play", NO),
        ("Volume & Pressure", "Volume and Pressure", SAME),
        ("Volume & Pressure", "Volume Pressure", SAME),
        ("Letters (Pt. II)", "Letters, Part 2", SAME),
        ("Letters (Pt. 1)", "Letters (Pt. 2)", NO),
        ("Letters Part One", "Letters Pt. 1", SAME),
        ("Letters Vol. 2", "Letters (Volume II)", SAME),
        ("Day 1", "Day One", SAME),
        ("Rock 'n' Roll Nite", "Rock & Roll Night", SAME),
        ("Für Dich", "Fuer Dich", SAME),
        ("Nightdrive", "Night Drive", SAME),
        ("Colours", "Colors", SAME),
        ("The Glass Tide", "Glass Tide", SAME),
        ("Midnight In Lisbon", "I Midnight In Lisbon", SAME),
        ("Told Me", "Hold Me", NO),
        ("Moving On", "Moving In", NO),
        ("Love Is On", "Love Is Gone", NO),
        ("Live Again", "Love Again", NO),
        ("Light", "Night", NO),
        ("Riot (Night)", "Riot (Day)", DOUBTFUL),
        ("Riot (Night)", "Riot", SAME),
        ("The", "And", NO),
        ("The", "The", SAME),
    ],
)
def test_titles(ours, theirs, expected):
    assert likeness(wanted(title=ours), found(title=theirs)) is expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (("Ada",), ("ADA",), SAME),
        (("Magdalena (DE)",), ("Magdalena",), SAME),
        (("Magdalena",), ("Magdalena", "Somebody"), SAME),
        (("Audiomatic", "Phaxe"), ("Audiomatic",), SAME),
        (("Audiomatic", "Phaxe"), ("Phaxe", "Audiomatic"), SAME),
        (("AlexanderPopov", "DashBerlin"), ("Dash Berlin", "Alexander Popov"), SAME),
        (("Edu Imbernon & Duologue",), ("Edu Imbernon", "Duologue"), SAME),
        (("The Freestylers",), ("Freestylers",), SAME),
        (("Tiesto",), ("Tiësto",), SAME),
        (("Ada",), ("Somebody", "Ada"), SAME),
        (("Ada", "Bo Rain"), ("Somebody", "Bo Rain"), SAME),
        (("DJ Emeka",), ("Emeka",), SAME),
        (("Kovac UK",), ("Kovac",), SAME),
        (("Bo Rain pres. Night Bus",), ("Night Bus",), SAME),
        (("Bo Rain", "Night Bus"), ("Bo Rain, Night Bus",), SAME),
        (("Bo Rain x Night Bus",), ("Bo Rain & Night Bus",), SAME),
        (("Bo Rain vs. Night Bus",), ("Night Bus", "Bo Rain"), SAME),
        (("Нина Кравец",), ("Nina Kravec",), SAME),
        (("Jörg Ørsted",), ("Joerg Orsted",), SAME),
        (("Anhken",), ("Porya Hatami",), NO),
        (("BT",), ("BTS",), NO),
        ((), ("Ada",), NO),
        (("Ada",), (), NO),
    ],
)
def test_artists(ours, theirs, expected):
    assert likeness(wanted(artists=ours), found(artists=theirs)) is expected


@pytest.mark.parametrize(
    ("mix", "remixers", "title", "artists", "expected"),
    [
        ("Original Mix", (), "Rain - Original Mix", ("Ada",), SAME),
        ("", (), "Rain", ("Ada",), SAME),
        ("Solomun Remix", ("Solomun",), "Rain - Solomun Remix", ("Ada", "Solomun"), SAME),
        ("Solomun Remix", ("Solomun",), "Rain (Solomun Remix)", ("Ada",), SAME),
        ("Solomun Extended Remix", ("Solomun",), "Rain - Solomun Remix", ("Ada",), SAME),
        ("DJ Emeka (ES) Rework", ("DJ Emeka (ES)",), "Rain - DJ Emeka Rework", ("Ada",), SAME),
        ("DanJudge & King Remix", (), "Rain - Dan Judge & King Remix", ("Ada",), SAME),
        ("Remix", ("Solomun",), "Rain - Solomun Remix", ("Ada",), SAME),
        ("Solomun Remix", ("Solomun",), "Rain", ("Ada", "Solomun"), SAME),
        ("Ada's Third Contact Remix", (), "Rain - Third Contact Remix", ("Ada",), SAME),
        ("Dub Mix", (), "Rain - Dub", ("Ada",), SAME),
        ("VIP Mix", (), "Rain - VIP", ("Ada",), SAME),
        ("Club Mix", (), "Rain", ("Ada",), SAME),
        ("Original Mix", (), "Rain - 2018 Remaster", ("Ada",), SAME),
        ("Solomun Remix", ("Solomun",), "Rain - Matroda Remix", ("Ada", "Matroda"), NO),
        ("Original Mix", (), "Rain - Matroda Remix", ("Ada", "Matroda"), DOUBTFUL),
        ("Solomun Remix", ("Solomun",), "Rain", ("Ada",), DOUBTFUL),
        ("Lane 8 Morning Mix", ("Lane 8",), "Rain - Lane 8 Club Mix", ("Ada",), DOUBTFUL),
        ("Original Mix", (), "Rain - Instrumental", ("Ada",), DOUBTFUL),
        ("Dub Mix", (), "Rain - Instrumental", ("Ada",), NO),
        ("16 Bit Lolitas Remix", (), "Rain - 32 Bit Lolitas Remix", ("Ada",), NO),
        ("Original Mix", (), "Rain - Remix", ("Ada",), NO),
        ("Solomun Remix", ("Solomun",), "Rain - Solomun Rework", ("Ada",), SAME),
        ("Solomun Remix", ("Solomun",), "Rain - Remixed by Solomun", ("Ada",), SAME),
        ("Bo & Solomun Remix", (), "Rain - Solomun x Bo Remix", ("Ada",), SAME),
        ("Solomun Remix", (), "Rain - Solomun & Bo Remix", ("Ada",), DOUBTFUL),
        ("Solomun Remix", ("Solomun",), "Rain - Solomun Dub", ("Ada",), DOUBTFUL),
        ("Solomun Dub", ("Solomun",), "Rain - Matroda Dub", ("Ada",), NO),
        ("Solomun Dub", ("Solomun",), "Rain - Solomun Instrumental", ("Ada",), NO),
        ("Ada VIP", (), "Rain - VIP", ("Ada",), SAME),
        ("Blapps Posse Remix", (), "Rain - Blaps Posse Remix", ("Ada",), SAME),
        ("Instrumental", (), "Rain - Instrumental Version", ("Ada",), SAME),
        ("Acapella", (), "Rain - Acappella", ("Ada",), SAME),
        ("Remastered", (), "Rain - 2011 Digital Remaster", ("Ada",), SAME),
        ("Album Version", (), "Rain - LP Version", ("Ada",), SAME),
        ("Original Mix", (), "Rain - Vocal Mix", ("Ada",), SAME),
        ("Live Version", (), "Rain - Live", ("Ada",), SAME),
    ],
)
def test_versions_of_the_same_length(mix, remixers, title, artists, expected):
    ours = wanted(mix=mix, remixers=remixers)

    assert likeness(ours, found(title=title, artists=artists)) is expected


@pytest.mark.parametrize(
    ("mix", "remixers", "title", "artists", "expected"),
    [
        ("Extended Mix", (), "Rain", ("Ada",), EDIT),
        ("Extended Mix", (), "Rain - Radio Edit", ("Ada",), EDIT),
        ("Original Mix", (), "Rain - Edit", ("Ada",), EDIT),
        ("Mat Zo Remix", ("Mat Zo",), "Rain - Mat Zo Radio Edit", ("Ada",), EDIT),
        ("Mat Zo Extended Remix", ("Mat Zo",), "Rain - Mat Zo Remix", ("Ada", "Mat Zo"), EDIT),
        ("Club Mix", (), "Rain", ("Ada",), EDIT),
        ("Mat Zo Remix", ("Mat Zo",), "Rain", ("Ada",), NO),
        ("Mat Zo Remix", ("Mat Zo",), "Rain - Radio Edit", ("Ada",), NO),
        ("Mat Zo Remix", ("Mat Zo",), "Rain", ("Ada", "Mat Zo"), DOUBTFUL),
        ("Original Mix", (), "Rain - Mat Zo Remix", ("Ada", "Mat Zo"), NO),
        ("Original Mix", (), "Rain - Radio Vocal Edit", ("Ada",), DOUBTFUL),
        ("", ("Prospa",), "Rain", ("Ada",), DOUBTFUL),
        ("Extended Mix", (), "Rain", ("Somebody", "Ada"), EDIT),
        ("Extended Mix", (), "Rain", ("Ada & Somebody",), EDIT),
        ('12" Mix', (), 'Rain - 7" Edit', ("Ada",), EDIT),
        ("Extended Dub", (), "Rain - Dub", ("Ada",), EDIT),
        ("Solomun Remix", ("Solomun",), "Rain - Solomun Dub", ("Ada",), NO),
        ("Original Mix", (), "Rain - Live", ("Ada",), NO),
        ("Original Mix", (), "Rain - Spanish Version", ("Ada",), NO),
    ],
)
def test_versions_113_seconds_shorter(mix, remixers, title, artists, expected):
    ours = wanted(mix=mix, remixers=remixers)

    assert likeness(ours, found(title=title, artists=artists, seconds=247)) is expected


@pytest.mark.parametrize(
    ("mix", "title", "off", "expected"),
    [
        ("Original Mix", "Rain", 0, SAME),
        ("Original Mix", "Rain", 3, SAME),
        ("Original Mix", "Rain", -7, SAME),
        ("Original Mix", "Rain", 7.5, DOUBTFUL),
        ("Original Mix", "Rain", -11.9, DOUBTFUL),
        ("Original Mix", "Rain", -12, EDIT),
        ("Original Mix", "Rain", 12, EDIT),
        ("Original Mix", "Rain", -240, EDIT),
        ("Original Mix", "Rain", -242, DOUBTFUL),
        ("Original Mix", "Rain", 216, EDIT),
        ("Original Mix", "Rain", 220, DOUBTFUL),
        ("Original Mix", "Rain - Radio Edit", -3, SAME),
        ("Original Mix", "Rain - Radio Edit", -5, EDIT),
        ("Original Mix", "Rain - Radio Edit", -280, EDIT),
        ("Original Mix", "Rain - Radio Edit", -300, DOUBTFUL),
        ("Original Mix", "Rain - Extended Mix", 15, EDIT),
        ("Radio Edit", "Rain", 113, EDIT),
    ],
)
def test_lengths(mix, title, off, expected):
    assert likeness(wanted(mix=mix), found(title=title, seconds=360 + off)) is expected


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (found(title="Rain - Mixed"), DOUBTFUL),
        (found(title="Rain (Mixed)"), DOUBTFUL),
        (found(album="Ibiza 2026 (DJ Mix)"), DOUBTFUL),
        (found(title="Rain - Mixed", seconds=247), DOUBTFUL),
        (found(title="Rain - Matroda Remix (Mixed)", seconds=247), NO),
    ],
)
def test_a_cut_of_a_dj_mix_is_never_accepted(theirs, expected):
    assert likeness(wanted(), theirs) is expected


def test_a_dj_mix_that_is_sold_as_one_is_accepted():
    assert likeness(wanted(mix="Mixed"), found(title="Rain - Mixed")) is SAME


ISRC = "GBKQU2578872"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (wanted(isrc=ISRC), found(isrc="gbkqu2578872"), SAME),
        (wanted(isrc=ISRC), found(isrc="GBKQU2578873"), SAME),
        (wanted(isrc=ISRC, seconds=None), found(isrc=ISRC), SAME),
        (wanted(seconds=None), found(), DOUBTFUL),
        (wanted(), found(seconds=None), DOUBTFUL),
        (
            wanted(isrc=ISRC, mix="Solomun Remix"),
            found(isrc=ISRC, title="Rain - Matroda Remix"),
            DOUBTFUL,
        ),
        (wanted(isrc=ISRC), found(isrc=ISRC, artists=("Somebody",)), DOUBTFUL),
        (wanted(isrc=ISRC), found(isrc=ISRC, title="Snow"), DOUBTFUL),
        (wanted(isrc=ISRC), found(isrc=ISRC, title="Snow", artists=("Somebody",)), NO),
        (wanted(isrc=ISRC), found(isrc=ISRC, seconds=247), EDIT),
        (wanted(isrc=""), found(isrc=""), SAME),
        (wanted(isrc="gb-kqu-25-78872", seconds=None), found(isrc=ISRC), SAME),
        (wanted(isrc=ISRC, title="Dreamer"), found(isrc=ISRC, title="Dreamers", seconds=247), EDIT),
        (wanted(isrc=ISRC), found(isrc=ISRC, seconds=350), DOUBTFUL),
    ],
)
def test_an_isrc_is_confirmed_never_believed(ours, theirs, expected):
    assert likeness(ours, theirs) is expected


def test_a_title_written_otherwise_needs_the_same_length():
    assert likeness(wanted(title="Dreamer"), found(title="Dreamers")) is SAME
    assert likeness(wanted(title="Dreamer"), found(title="Dreamers", seconds=247)) is DOUBTFUL


def test_what_is_only_nearly_the_same_needs_nearly_the_same_length():
    ours = wanted(artists=("Ada", "Bo Rain"))
    behind = ("Somebody", "Bo Rain")

    assert likeness(wanted(title="Dreamer"), found(title="Dreamers", seconds=364)) is DOUBTFUL
    assert likeness(ours, found(artists=behind, seconds=363)) is SAME
    assert likeness(ours, found(artists=behind, seconds=247)) is DOUBTFUL
    assert likeness(ours, found(title="Rains", artists=behind)) is DOUBTFUL


def test_a_version_in_the_title_wins_over_original_mix_at_the_same_length_only():
    ours = wanted(title="Rain (Solomun Extended Remix)", remixers=("Solomun",))

    assert likeness(ours, found(title="Rain - Solomun Remix")) is SAME
    assert likeness(ours, found(title="Rain - Solomun Remix", seconds=247)) is DOUBTFUL
    assert likeness(ours, found(title="Rain", seconds=247)) is NO


def test_a_bracket_that_may_name_a_version_needs_the_same_length():
    ours = wanted(title="Riot (Lo Lo Loco)", mix="Extended Mix")

    assert likeness(ours, found(title="Riot (Lo Lo Loco)")) is SAME
    assert likeness(ours, found(title="Riot (Lo Lo Loco)", seconds=247)) is DOUBTFUL
    assert likeness(ours, found(title="Riot (Lo Lo Loco) - Edit", seconds=247)) is EDIT
    assert likeness(ours, found(title="Riot", seconds=247)) is DOUBTFUL


LONGER = "same title and artists, 60 s longer: extended mix"
SHORTER = "same title and artists, 60 s shorter: another edit"


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        (
            wanted(mix="Extended Mix"),
            found(seconds=247),
            "same title and artists, 113 s shorter: radio edit",
        ),
        (wanted(), found(seconds=314), "same title and artists, 46 s shorter: radio edit"),
        (wanted(), found(seconds=316), "same title and artists, 44 s shorter: another edit"),
        (wanted(), found(title="Rain - Extended Mix", seconds=420), LONGER),
        (wanted(), found(title="Rain - Extended Mix", seconds=300), SHORTER),
        (wanted(), found(), "same title and artists, same length"),
        (
            wanted(mix="Solomun Remix"),
            found(title="Rain - Matroda Remix"),
            "same title and artists, another version: “matroda” instead of “solomun”, same length",
        ),
        (wanted(), found(artists=("Bob",)), "same title, other artists: Bob, same length"),
        (wanted(), found(artists=("Bob", "Ada")), "same title, Bob comes first on Spotify"),
        (wanted(isrc=ISRC), found(isrc=ISRC), "same title and artists, same length, same ISRC"),
        (wanted(), found(title="Rain - Mixed"), "same title and artists, cut out of a DJ mix"),
        (wanted(seconds=None), found(), "same title and artists, length unknown"),
    ],
)
def test_reasons_can_be_read(ours, theirs, words):
    assert reasons(ours, theirs).startswith(words)


def test_a_verdict_has_named_parts_and_a_score():
    verdict = judge(Subject(wanted()), found())

    assert set(verdict.parts) == {"title", "artists", "version", "length"}
    assert verdict.score == 1.0
    assert judge(Subject(wanted()), found(seconds=247)).score < 1.0


@pytest.mark.parametrize(
    ("ours", "theirs", "score"),
    [
        (wanted(), found(seconds=247), 0.91),
        (wanted(), found(seconds=365), 0.98),
        (wanted(), found(seconds=350), 0.917),
        (wanted(), found(seconds=100), 0.822),
        (wanted(seconds=None), found(), 0.9),
        (wanted(), found(title="Rain - Mixed"), 0.875),
        (wanted(), found(title="Snow"), 0.7),
        (wanted(title="Dreamer"), found(title="Dreamer 2"), 0.85),
        (wanted(title="Dreamer"), found(title="Dreamers"), 0.98),
        (wanted(title="Rain (Night)"), found(title="Rain (Day)"), 0.88),
        (wanted(title="Rain (Night)"), found(title="Rain (Night)"), 0.97),
        (wanted(artists=("Ada", "Bo")), found(), 0.975),
        (wanted(), found(artists=("Somebody", "Ada")), 0.938),
        (wanted(artists=("Emeka",)), found(artists=("Emekas",)), 1.0),
        (wanted(mix="Club Mix"), found(), 0.975),
        (wanted(mix="Vocal Mix"), found(), 0.95),
        (wanted(mix="Bo Remix"), found(), 0.8),
        (wanted(mix="Bo Remix"), found(title="Rain - Bo Dub"), 0.8),
        (wanted(mix="Bo Remix"), found(title="Rain - Bo & Cy Remix"), 0.875),
        (wanted(mix="Bo Remix", remixers=("Bo",)), found(artists=("Ada", "Bo")), 0.95),
        (wanted(mix="Ada's Sun Remix"), found(title="Rain - Sun Remix"), 0.988),
        (wanted(title="Rain (Bo Remix)"), found(title="Rain - Bo Remix"), 0.975),
    ],
)
def test_what_differs_costs_its_share_of_the_score(ours, theirs, score):
    assert judge(Subject(ours), theirs).score == score


def best(ours: Wanted, theirs: Sequence[Found]) -> Found:
    subject = Subject(ours)
    return min(theirs, key=lambda one: preference(subject, one, judge(subject, one)))


def test_of_several_right_ones_the_earliest_original_release_wins():
    single = found(album_type="single", released_on="2026-11-13")
    reissue = found(album_type="album", released_on="2027-02-01")
    compilation = found(album_type="compilation", released_on="2026-01")

    assert best(wanted(), [compilation, reissue, single]) is single


def test_the_same_recording_wins_over_another_edit_however_early():
    edit = found(seconds=247, album_type="single", released_on="2020")
    right = found(album_type="compilation", released_on="2026")

    assert best(wanted(), [edit, right]) is right


def test_of_edits_about_as_long_the_original_release_wins():
    compilation = found(seconds=251, album_type="compilation")
    single = found(seconds=250, album_type="single")

    assert best(wanted(mix="Extended Mix"), [compilation, single]) is single


def test_the_artists_own_edit_wins_over_one_that_is_nearer():
    own = found(seconds=180)
    remake = found(artists=("Somebody", "Ada"), seconds=300)

    assert best(wanted(mix="Extended Mix"), [remake, own]) is own


def test_of_two_the_one_with_a_day_is_earlier_than_the_one_with_only_its_year():
    day, year = found(released_on="2026-11-13"), found(released_on="2026")

    assert best(wanted(), [year, day]) is day


def test_of_several_edits_the_nearest_in_length_wins():
    short = found(title="Rain - Radio Edit", seconds=180, released_on="2020")
    long = found(title="Rain - Edit", seconds=300, released_on="2026")

    assert best(wanted(mix="Extended Mix"), [short, long]) is long

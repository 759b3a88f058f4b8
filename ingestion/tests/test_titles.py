import pytest

from ingestion import titles


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Zoë & Ørjan", ["zoe", "and", "orjan"]),
        ("Don’t Stop", ["dont", "stop"]),
        ("A.M.R & M.O.S.", ["amr", "and", "mos"]),
        ("Nu:Tone", ["nu", "tone"]),
        ("Straße", ["strasse"]),
        ("Μεσάνυχτα", ["mesanychta"]),
        ("Юлия", ["yuliya"]),
        ('12" & 7 Inch', ["12inch", "and", "7inch"]),
        ("Luv U Tonite", ["love", "you", "tonight"]),
        ("Suite, Pt. 2 / Vol. 3", ["suite", "part", "2", "volume", "3"]),
        ("???", []),
    ],
)
def test_words_have_no_case_accents_and_punctuation(text, words):
    assert titles.words(text) == words


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Konvex (FR)", "konvex"),
        ("Monty (House)", "monty"),
        ("GAS (Wolfgang Voigt)", "gaswolfgangvoigt"),
        ("The Freestylers", "freestylers"),
        ("The The", "the"),
        ("DJ Emeka", "emeka"),
        ("DJ", "dj"),
        ("Theo", "theo"),
        ("Dash Berlin", "dashberlin"),
        ("!!!", "!!!"),
    ],
)
def test_an_artist_for_comparison(name, plain):
    assert titles.artist(name) == plain


def test_joint_names_are_known_in_their_parts_as_well():
    assert titles.artists(["Sultan + Shepard", "Quilla"]) == [
        "sultanandshepard",
        "quilla",
        "sultan",
        "shepard",
    ]


@pytest.mark.parametrize(
    "joint", ["&", "x", "and", "vs.", "pres.", "presents", "b2b", "feat.", ","]
)
def test_every_joint_is_known(joint):
    assert titles.artists([f"Ada {joint} Bo Rain"])[1:] == ["ada", "borain"]


def test_a_joint_stands_between_words_only():
    assert titles.artists(["Max Andrews"]) == ["maxandrews"]


@pytest.mark.parametrize(
    ("name", "mix", "core", "identity"),
    [
        ("Rain", "Original Mix", "rain", ()),
        ("Rain", "Extended Mix", "rain", ()),
        ("Rain - Radio Edit", "", "rain", ()),
        ("Rain", "Solomun Remix", "rain", ("solomun",)),
        ("Rain - Solomun Remix", "", "rain", ("solomun",)),
        ("Rain (Solomun Remix)", "", "rain", ("solomun",)),
        ("Rain (Solomun Remix)", "Original Mix", "rain", ("solomun",)),
        ("Rain [Solomun Extended Remix]", "", "rain", ("solomun",)),
        ("Rain", "DJ Emeka (ES) Rework", "rain", ("emeka",)),
        ("Rain (feat. Ada) - Mat Zo Remix", "", "rain", ("mat", "zo")),
        ("Rain feat. Ada", "Mat Zo Remix", "rain", ("mat", "zo")),
        ("Rain", "Dub Mix", "rain", ("dub",)),
        ("Rain - VIP", "", "rain", ("vip",)),
        ("Rain - SHY FX Re-Edit", "", "rain", ("shy", "fx")),
        ("Rain - 2018 Remaster", "", "rain", ()),
        ("Rain", "2015 Remix", "rain", ("2015",)),
        ("Rain (Live at Fabric)", "", "rain", ("live", "fabric")),
        ("Rain - A Cappella", "", "rain", ("acapella",)),
        ("Rain - LP Version", "", "rain", ()),
        ("Rain - Digitally Remastered", "", "rain", ()),
        ("Rain (25th Anniversary Remaster)", "", "rain", ()),
        ("Rain (En Vivo)", "", "rain", ("live",)),
        ("Suite (Pt. II)", "Original Mix", "suite part 2", ()),
        ("Suite Part I", "", "suite part 1", ()),
        ("Suite, Vol. V", "", "suite volume 5", ()),
        ("Suite (Side B)", "", "suite side b", ()),
        ("Suite (No Love)", "", "suite", ()),
        ("Vitamin X", "", "vitamin x", ()),
        ("222 / Unknowable", "Original Mix", "222 unknowable", ()),
        ("???", "", "???", ()),
    ],
)
def test_a_title_and_its_version(name, mix, core, identity):
    title = titles.read(name, mix)

    assert (title.core, title.version.identity) == (core, identity)


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("Rain (Extended Mix)", "longer"),
        ("Rain - Radio Edit", "shorter"),
        ("Rain - Short Mix", "shorter"),
        ('Rain (12" Mix)', "longer"),
        ("Rain - 7'' Version", "shorter"),
        ("Rain - Original Mix", ""),
        ("Rain", ""),
    ],
)
def test_a_version_says_whether_it_is_a_cut(name, cut):
    assert titles.read(name).version.cut == cut


@pytest.mark.parametrize(
    "name",
    ["Rain - Mixed", "Rain (Mixed)", "Rain [Mixed]", "Rain (DJ Mix)", "Rain - Bo Mix Cut"],
)
def test_cuts_of_dj_mixes_are_recognised(name):
    assert titles.read(name).version.is_mixed


def test_brackets_of_unclear_meaning_are_asides():
    title = titles.read("Riot (Lo Lo Loco) [feat. Alida]", "Extended Mix")

    assert (title.core, title.asides, title.featured) == ("riot", ("lo lo loco",), ("Alida",))


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Suite Pt. 2", ("2",)),
        ("Suite II", ("2",)),
        ("Suite 007", ("7",)),
        ("Suite A1", ("a1",)),
        ("Suite B", ("b",)),
        ("A Suite", ()),
        ("Suite", ()),
    ],
)
def test_numbers_of_a_title(name, numbers):
    assert titles.read(name).numbers == numbers


def test_kinds_and_names_of_a_version():
    version = titles.read("Rain", "Solomun Vox Dub").version

    assert (version.names, version.kinds) == (("solomun", "vox"), {"dub"})


@pytest.mark.parametrize(
    ("name", "mix", "is_called_original"),
    [
        ("Rain (Solomun Remix)", "Original Mix", True),
        ("Rain (Solomun Remix)", "", False),
        ("Rain (Extended Mix)", "Original Mix", False),
        ("Rain", "Original Mix", False),
    ],
)
def test_a_version_in_the_title_may_be_called_original(name, mix, is_called_original):
    assert titles.read(name, mix).is_called_original is is_called_original

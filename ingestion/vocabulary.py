"""Words of music titles, and what each says about a version. Data; the rules are in `matching`."""

from enum import Enum


class Says(Enum):
    """What a word in the name of a version tells."""

    NOTHING = "a version, no more"
    LONGER = "a longer cut"
    SHORTER = "a shorter cut"
    REWORKED = "somebody made it anew; the other words say who"
    KIND = "another kind of recording; it identifies the version, as a name does"
    SOUND = "perhaps another sound; alone it decides nothing"
    MIXED = "cut out of a DJ mix"


TABLE: dict[Says, str] = {
    Says.NOTHING: """
        mix version original orginal originale main album single full length cut track bonus
        explicit clean take master pres presents stereo mono edition anniversary deluxe reissue
        video streaming uncut complete regular standard
    """,
    Says.LONGER: "extended xtended long longer lengthened 12inch maxi",
    Says.SHORTER: "edit radio short shorter edited airplay 7inch snippet",
    Says.REWORKED: """
        remix remixed rework reworked refix reflip flip bootleg remake reedit revision variation
        mashup reinterpretation interpretation rerub retouch rebuild reconstruction reshape redux
        reconstructed treatment respray relick overhaul remezcla
    """,
    Says.KIND: """
        dub instrumental acapella live acoustic unplugged vip karaoke demo ambient orchestral
        symphonic piano reprise interlude intro outro beatless slowed sped nightcore cover tribute
        chill chillout stripped session sessions tool beats dubstrumental drumless reverb
    """,
    Says.SOUND: "club vocal remaster remastered classic dj",
    Says.MIXED: "mixed djmix continuous",
}
WORDS: dict[str, Says] = {word: says for says, text in TABLE.items() for word in text.split()}

# Terms of two words, after punctuation has gone.
TERMS: dict[tuple[str, str], str] = {
    ("re", "edit"): "reedit",
    ("re", "work"): "rework",
    ("re", "rub"): "rerub",
    ("re", "mix"): "remix",
    ("re", "master"): "remaster",
    ("re", "mastered"): "remastered",
    ("digital", "remaster"): "remaster",
    ("digitally", "remastered"): "remastered",
    ("a", "cappella"): "acapella",
    ("a", "capella"): "acapella",
    ("sped", "up"): "sped",
    ("dj", "mix"): "djmix",
    ("mix", "cut"): "mixed",
    ("lp", "version"): "album",
    ("lp", "mix"): "album",
    ("en", "vivo"): "live",
    ("en", "directo"): "live",
    ("ao", "vivo"): "live",
}

# Other ways to write a word, in titles, versions and names alike.
SPELLINGS: dict[str, str] = {
    "acappella": "acapella",
    "acap": "acapella",
    "rmx": "remix",
    "rmst": "remaster",
    "orig": "original",
    "ext": "extended",
    "instr": "instrumental",
    "inst": "instrumental",
    "vers": "version",
    "pt": "part",
    "vol": "volume",
    "nr": "no",
    "number": "no",
    "n": "and",
    "u": "you",
    "gray": "grey",
    "nite": "night",
    "tonite": "tonight",
    "thru": "through",
    "luv": "love",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
}

# They stand between names and identify nothing.
CONNECTORS = frozenset(
    ["and", "vs", "versus", "x", "by", "the", "of", "in", "on", "at", "from", "a", "s", "with"]
)
FEATURING = frozenset(["feat", "ft", "featuring"])
BRINGS_A_GUEST = FEATURING | {"with", "w", "prod"}

# Titles that are alike may have these on one side only.
ARTICLES = frozenset(["the", "a", "an", "and"])

# In front of a name they do not tell two artists apart.
STYLES = frozenset(["the", "dj"])

# What stands before the number of a part, also in brackets.
SERIES = frozenset(
    ["part", "volume", "chapter", "episode", "act", "no", "side", "phase", "movement"]
)

ROMAN_NUMERALS: dict[str, str] = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
}
ROMAN_LETTERS: dict[str, str] = {"i": "1", "v": "5", "x": "10"}  # only behind one of SERIES

# Letters that do not fall apart into a base letter and a mark, and signs that are words.
LETTERS = str.maketrans(
    {
        "ø": "o",
        "œ": "oe",
        "æ": "ae",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "&": " and ",
        "+": " and ",
        "’": "",
        "'": "",
        "‘": "",
        "`": "",
        "´": "",
    }
)

# Russian and Greek letters, without their marks, by the Latin ones that sound alike.
SCRIPTS = str.maketrans(
    dict(zip("абвгдезиклмнопрстуфцыэ", "abvgdeziklmnoprstufcye", strict=True))
    | dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"ж": "zh", "х": "h", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ь": "", "ю": "yu"}
    | {"я": "ya", "і": "i", "є": "e", "θ": "th", "χ": "ch", "ψ": "ps"}
)

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
        explicit clean take master pres presents
    """,
    Says.LONGER: "extended xtended long lengthened 12inch maxi",
    Says.SHORTER: "edit radio short edited airplay 7inch snippet",
    Says.REWORKED: """
        remix remixed rework reworked refix reflip flip bootleg remake reedit revision variation
        mashup reinterpretation interpretation rerub retouch rebuild reconstruction reshape redux
        reconstructed treatment respray relick overhaul
    """,
    Says.KIND: """
        dub instrumental acapella live acoustic unplugged vip karaoke demo ambient orchestral
        symphonic piano reprise interlude intro outro beatless slowed sped nightcore cover chill
        chillout stripped session sessions tool beats dubstrumental
    """,
    Says.SOUND: "club vocal remaster remastered classic dj",
    Says.MIXED: "mixed djmix continuous",
}
WORDS: dict[str, Says] = {word: says for says, text in TABLE.items() for word in text.split()}

# Terms of two words, and other spellings, after punctuation has gone.
TERMS: dict[tuple[str, str], str] = {
    ("re", "edit"): "reedit",
    ("re", "work"): "rework",
    ("re", "rub"): "rerub",
    ("re", "mix"): "remix",
    ("re", "master"): "remaster",
    ("re", "mastered"): "remastered",
    ("a", "cappella"): "acapella",
    ("a", "capella"): "acapella",
    ("sped", "up"): "sped",
    ("12", "inch"): "12inch",
    ("7", "inch"): "7inch",
    ("dj", "mix"): "djmix",
}
SPELLINGS: dict[str, str] = {
    "acappella": "acapella",
    "rmx": "remix",
    "rmst": "remaster",
    "pt": "part",
    "vol": "volume",
}

# They stand between names and identify nothing.
CONNECTORS = frozenset(
    ["and", "vs", "versus", "x", "by", "the", "of", "in", "on", "at", "from", "a", "s", "with"]
)
FEATURING = frozenset(["feat", "ft", "featuring"])
BRINGS_A_GUEST = FEATURING | {"with", "w", "prod"}

ROMAN_NUMERALS: dict[str, str] = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
}

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

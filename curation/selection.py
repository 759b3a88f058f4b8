"""What of a week is shown and in which order, as it is written in an address. Pure.

The address of the desk, what a page sends along with a decision and what we remember of a DJ are
all the same text: `order=bpm&bpm_from=120&key=8A&key=9A`. What cannot be read is not asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qs, urlencode

RELEASE = "release"
ORDERS = {
    RELEASE: "by release",
    "label": "by label",
    "bpm": "by BPM",
    "key": "by key",
    "newest": "newest first",
}
BADGES = {
    "late": "Late arrival",
    "later": "Put off before",
    "golden": "In Golden",
    "also": "Also on another release",
    "exclusive": "Exclusive",
    "edit": "Other edit on Spotify",
    "doubt": "Doubtful match",
    "missing": "Not on Spotify",
    "withdrawn": "Withdrawn",
}
KEYS = [f"{hour}{ring}" for ring in "BA" for hour in range(1, 13)]
MOST_BPM, MOST_MINUTES = 999, 999
MOST_CHARACTERS = 100
LONGEST = 2_000  # characters of an address that are looked at


@dataclass(frozen=True)
class Selection:
    """All of Bronze by release, unless something else is asked for.

    `mixes` is the id of a track of the catalogue; `label` is the id of a label.
    """

    order: str = RELEASE
    mixes: int | None = None
    q: str = ""
    bpm_from: int | None = None
    bpm_to: int | None = None
    key: tuple[str, ...] = ()
    label: int | None = None
    badge: str = ""
    length_from: int | None = None  # minutes
    length_to: int | None = None
    unheard: bool = False

    @classmethod
    def read(cls, text: str) -> "Selection":
        asked = parse_qs(text[:LONGEST], errors="replace")
        order, badge = _first(asked, "order"), _first(asked, "badge")
        return cls(
            order=order if order in ORDERS else RELEASE,
            mixes=_number(asked, "mixes"),
            q=" ".join(_first(asked, "q").replace("\x00", "").split())[:MOST_CHARACTERS],
            bpm_from=_number(asked, "bpm_from", MOST_BPM),
            bpm_to=_number(asked, "bpm_to", MOST_BPM),
            key=tuple(key for key in KEYS if key in asked.get("key", ())),
            label=_number(asked, "label"),
            badge=badge if badge in BADGES else "",
            length_from=_number(asked, "length_from", MOST_MINUTES),
            length_to=_number(asked, "length_to", MOST_MINUTES),
            unheard=bool(_first(asked, "unheard")),
        )

    def __str__(self) -> str:
        """As it is written in an address; empty when nothing is asked for."""
        return urlencode(dict(self.asked()), doseq=True)

    def asked(self) -> Iterator[tuple[str, object]]:
        for name, value in self._values():
            if value != getattr(NOTHING_ASKED, name):
                yield name, 1 if value is True else value

    def _values(self) -> Iterator[tuple[str, object]]:
        return ((field.name, getattr(self, field.name)) for field in fields(self))

    @property
    def explicit(self) -> str:
        """As an address that stands against what is remembered."""
        return str(self) or f"order={RELEASE}"

    @property
    def order_words(self) -> str:
        return "best mix first" if self.mixes is not None else ORDERS[self.order]

    @property
    def narrows(self) -> bool:
        """Something may be left out."""
        return any(name != "order" for name, _ in self.asked())

    @property
    def everything(self) -> "Selection":
        """In the same order."""
        return Selection(order=self.order)

    @property
    def lasting(self) -> "Selection":
        """What another week of the style is begun with: no search, no track of this week."""
        return replace(self, mixes=None, q="")

    def without(self, *names: str) -> "Selection":
        return replace(self, **{name: getattr(NOTHING_ASKED, name) for name in names})


NOTHING_ASKED = Selection()
NAMES = frozenset(field.name for field in fields(Selection))


def is_asked_for(names: Sequence[str] | Mapping[str, object]) -> bool:
    """Whether an address with these names says what to show, be it everything."""
    return not NAMES.isdisjoint(names)


def _first(asked: Mapping[str, list[str]], name: str) -> str:
    return next(iter(asked.get(name, ())), "")


def _number(asked: Mapping[str, list[str]], name: str, most: int = 10**18 - 1) -> int | None:
    text = _first(asked, name).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    return min(int(text), most)

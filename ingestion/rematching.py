"""The rules of today over what Spotify answered earlier: other decisions without a call.

Only where candidates are still kept in full, 30 days. What a person has decided stays.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from catalog.models import Entity, ExternalData, Provider, SpotifyMatch, SpotifyMatchQuerySet
from ingestion import candidates, cleaning, decisions
from ingestion.candidates import STATES, Option

AT_ONCE = 200
WORST_FIRST = (
    SpotifyMatch.State.NOT_FOUND,
    SpotifyMatch.State.REVIEW,
    SpotifyMatch.State.OTHER_EDIT,
    SpotifyMatch.State.MATCHED,
)


class Kind(Enum):
    BETTER = "better"
    WORSE = "worse"
    OTHER_TRACK = "other track"  # the same state, but another uri
    OTHER_WORDS = "other words"  # the same decision with other scores or reasons


@dataclass(frozen=True)
class Change:
    match: SpotifyMatch
    options: list[Option]  # the best first
    kind: Kind

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.options[0].verdict.reasons

    @property
    def state(self) -> SpotifyMatch.State:
        return STATES[self.options[0].verdict.likeness]


def decided_by_rules() -> SpotifyMatchQuerySet:
    rows = SpotifyMatch.objects.filter(candidates_until__isnull=False)
    by_rules = rows.exclude(method=SpotifyMatch.Method.PERSON)
    return by_rules.exclude(state=SpotifyMatch.State.PENDING)


def changes(*, chosen: Collection[int] | None = None, most: int | None = None) -> Iterator[Change]:
    """What would be decided otherwise now: of the chosen rows or all, of so many at most.

    The newest rows come first, chunk by chunk.
    """
    rows = decided_by_rules() if chosen is None else decided_by_rules().filter(pk__in=chosen)
    rows = rows.select_related("track__release").prefetch_related("track__credits__artist")
    pks = list(rows.order_by("-pk").values_list("pk", flat=True)[:most])
    for start in range(0, len(pks), AT_ONCE):
        chunk = list(rows.filter(pk__in=pks[start : start + AT_ONCE]).order_by("-pk"))
        uris = _accepted_uris(chunk)
        for match in chunk:
            change = _change(match, uris.get(match.track_id, ""))
            if change is not None:
                yield change


def apply(change: Change) -> bool:
    """False when the row has been decided otherwise in the meantime."""
    keeps_uri = change.kind is Kind.OTHER_WORDS
    return decisions.revise(change.match, change.options, keeps_uri=keeps_uri)


def _change(match: SpotifyMatch, uri: str) -> Change | None:
    found = [track for one in match.candidates if (track := candidates.as_track(one))]
    if not found:
        return None
    options = candidates.rank(candidates.subject_of(match.track), found)
    kind = _kind(match, options, uri)
    return Change(match, options, kind) if kind else None


def _kind(match: SpotifyMatch, options: list[Option], uri: str) -> Kind | None:
    best = options[0]
    before, after = (WORST_FIRST.index(s) for s in (match.state, STATES[best.verdict.likeness]))
    if after != before:
        return Kind.BETTER if after > before else Kind.WORSE
    if match.is_playable and best.track.uri != uri:
        return Kind.OTHER_TRACK
    stored = cleaning.storable([one.as_candidate() for one in options])
    return Kind.OTHER_WORDS if stored != match.candidates else None


def _accepted_uris(matches: list[SpotifyMatch]) -> dict[int, str]:
    found = ExternalData.objects.filter(
        provider=Provider.SPOTIFY,
        entity_type=Entity.TRACK,
        entity_id__in=[match.track_id for match in matches],
    )
    return dict(found.values_list("entity_id", "uri"))

"""Writes down where a track is on Spotify, once rules, another release or a person have decided.

A decision goes to every track of the same recording. What a person has decided is never changed
by rules: each write asks whether the row is still open.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.gateway import SpotifyTrack
from catalog.models import Entity, ExternalData, Provider, SpotifyMatch, Track
from ingestion import cleaning, titles
from ingestion.candidates import MOST_KEPT, STATES, Option, as_found, subject_of
from ingestion.matching import LIKE_TITLE, SAME_ARTIST, Likeness, judge, similarity

DETAILS_KEPT = timedelta(days=30)
HEARD_ANOTHER = "a DJ heard another version of it"
LOOKED_FOR_AGAIN = (timedelta(days=7), timedelta(days=30))

State = SpotifyMatch.State
Method = SpotifyMatch.Method


@transaction.atomic
def decide(match: SpotifyMatch, options: Sequence[Option], *, method: str) -> bool:
    """By the rules, from all that was found. False when the row was decided in the meantime."""
    best = options[0] if options else None
    state = STATES[best.verdict.likeness] if best else State.NOT_FOUND
    is_accepted = state in SpotifyMatch.PLAYABLE
    now = timezone.now()
    misses = match.misses + 1 if state == State.NOT_FOUND else 0
    written = _write(
        match,
        state=state,
        method=method if is_accepted else "",
        score=best.verdict.score if best else None,
        reasons=list(best.verdict.reasons) if best else ["Spotify found nothing like it"],
        candidates=cleaning.storable([one.as_candidate() for one in options[:MOST_KEPT]]),
        candidates_until=now + DETAILS_KEPT if options else None,
        misses=misses,
        next_try_at=_next_try(now, misses) if state == State.NOT_FOUND else None,
        matched_at=now if is_accepted else None,
    )
    if written:
        _remember(match.track, best.track if best and is_accepted else None, now)
    return written


@transaction.atomic
def revise(match: SpotifyMatch, options: Sequence[Option], *, keeps_uri: bool) -> bool:
    """By changed rules, from the candidates. False when the row was decided in the meantime.

    What is refused now is due for a look of its own: the candidates were the answer to other
    rules.
    """
    best = options[0]
    state = STATES[best.verdict.likeness]
    is_accepted = state in SpotifyMatch.PLAYABLE
    now = timezone.now()
    fields: dict[str, Any] = {
        "score": best.verdict.score,
        "reasons": list(best.verdict.reasons),
        "candidates": cleaning.storable([one.as_candidate() for one in options]),
    }
    if not keeps_uri:
        fields |= {
            "state": state,
            "method": (match.method or Method.TEXT) if is_accepted else "",
            "matched_at": now if is_accepted else None,
            "misses": 0,
            "next_try_at": now if state == State.NOT_FOUND else None,
        }
    unchanged = SpotifyMatch.objects.filter(
        pk=match.pk, state=match.state, method=match.method, matched_at=match.matched_at
    )
    written = unchanged.update(**fields) == 1
    if written and not keeps_uri:
        _remember(match.track, best.track if is_accepted else None, now)
    return written


@transaction.atomic
def share(match: SpotifyMatch, decided: SpotifyMatch) -> bool:
    """What was decided for another track of the same recording holds for this one."""
    is_accepted = decided.state in SpotifyMatch.PLAYABLE
    now = timezone.now()
    written = _write(
        match,
        state=decided.state,
        method=Method.PERSON if decided.method == Method.PERSON else Method.RECORDING,
        score=decided.score,
        reasons=[*decided.reasons, "decided for the same recording on another release"],
        candidates=decided.candidates,
        candidates_until=decided.candidates_until,
        misses=decided.misses,
        next_try_at=decided.next_try_at,
        matched_at=now if is_accepted else None,
    )
    if written:
        _copy_external(decided.track_id, match.track_id) if is_accepted else _forget(match.track)
    return written


def share_with_recording(decided: SpotifyMatch) -> int:
    """Passes a decision on to the open tracks of the same recording. Returns how many."""
    waiting = (
        SpotifyMatch.objects.open()
        .filter(track__recording_key=decided.track.recording_key)
        .exclude(pk=decided.pk)
        .select_related("track__release")
        .prefetch_related("track__credits__artist")
    )
    return sum(_holds_for(decided, match.track) and share(match, decided) for match in waiting)


@transaction.atomic
def accept_by_person(track: Track, *, uri: str, is_edit: bool | None = None) -> None:
    """A person says which track it is: for the recording, for everybody, for good.

    Whether it is another edit is taken from the candidates unless the person says that, too.
    """
    now = timezone.now()
    for match in _matches_of_recording(track):
        likeness = {found.get("uri"): found.get("likeness") for found in match.candidates}.get(uri)
        looks_like_edit = likeness == Likeness.OTHER_EDIT.value
        is_other = looks_like_edit if is_edit is None else is_edit
        state = State.OTHER_EDIT if is_other else State.MATCHED
        _write_for_good(match, state=state, matched_at=now)
        row = _external(Entity.TRACK, match.track_id, uri.rpartition(":")[2], uri, None, now)
        _write_external([row])


@transaction.atomic
def say_not_there(track: Track) -> None:
    """A person says that Spotify does not have it; nobody looks again."""
    for match in _matches_of_recording(track):
        _write_for_good(match, state=State.NOT_FOUND, matched_at=None)
        _forget(match.track)


@transaction.atomic
def doubt(track: Track) -> bool:
    """A person heard another version: nothing is played until a person decides again.

    False when nothing was accepted for the recording.
    """
    accepted = [match for match in _matches_of_recording(track) if match.is_playable]
    for match in accepted:
        _write_for_good(match, state=State.REVIEW, reasons=[HEARD_ANOTHER], matched_at=None)
        _forget(match.track)
    return bool(accepted)


REMEMBERED = ["state", "method", "score", "reasons", "misses", "next_try_at", "matched_at"]


def as_it_is(track: Track) -> list[dict[str, Any]]:
    """All matches of the recording, for `put_back`: what is in them, and the uri accepted."""
    return [
        {
            "match": match.pk,
            **{name: _as_text(getattr(match, name)) for name in REMEMBERED},
            "uri": _accepted(match.track_id).values_list("uri", flat=True).first(),
        }
        for match in _matches_of_recording(track)
    ]


def _as_text(value: Any) -> Any:
    """What can be stored as JSON, moments to the microsecond."""
    return value.isoformat() if isinstance(value, datetime) else value


@transaction.atomic
def put_back(before: Iterable[dict[str, Any]]) -> None:
    """A row that came since then stays as it is."""
    now = timezone.now()
    for one in before:
        match = SpotifyMatch.objects.select_related("track").filter(pk=one["match"]).first()
        if match is None:
            continue
        SpotifyMatch.objects.filter(pk=match.pk).update(**{name: one[name] for name in REMEMBERED})
        uri = one["uri"]
        if not uri:
            _forget(match.track)
        elif not _accepted(match.track_id).filter(uri=uri).exists():
            external_id = uri.rpartition(":")[2]
            _write_external([_external(Entity.TRACK, match.track_id, external_id, uri, None, now)])


def _matches_of_recording(track: Track) -> Iterable[SpotifyMatch]:
    found = SpotifyMatch.objects.filter(track__recording_key=track.recording_key)
    return found.select_related("track").order_by("pk")


def _write_for_good(match: SpotifyMatch, **fields: Any) -> None:
    fields |= {"method": Method.PERSON, "next_try_at": None, "error": "", "attempts": 0}
    SpotifyMatch.objects.filter(pk=match.pk).update(**fields)


def _holds_for(decided: SpotifyMatch, track: Track) -> bool:
    """Beatport gives one ISRC to two mixes at times, so the rules compare the two tracks."""
    if decided.method == Method.PERSON:
        return True
    return judge(subject_of(track), as_found(decided.track)).likeness is Likeness.SAME


def decided_elsewhere(track: Track, *, is_first_look: bool) -> SpotifyMatch | None:
    """The decision about the same recording on another release, if it holds for this track.

    "Not there" spares only the first look.
    """
    decided = (
        SpotifyMatch.objects.filter(track__recording_key=track.recording_key)
        .exclude(track=track)
        .exclude(state=State.PENDING)
        .select_related("track")
        .prefetch_related("track__credits__artist")
        .order_by("pk")
    )
    usable = [one for one in decided if is_first_look or one.state != State.NOT_FOUND]
    return next((one for one in sorted(usable, key=_worth) if _holds_for(one, track)), None)


def _worth(match: SpotifyMatch) -> tuple[bool, bool]:
    return (match.method != Method.PERSON, match.state not in SpotifyMatch.PLAYABLE)


def _next_try(now: datetime, misses: int) -> datetime | None:
    if misses > len(LOOKED_FOR_AGAIN):
        return None
    return now + LOOKED_FOR_AGAIN[misses - 1]


def _write(match: SpotifyMatch, **fields: Any) -> bool:
    fields |= {"attempts": 0, "error": ""}
    return SpotifyMatch.objects.open().filter(pk=match.pk).update(**fields) == 1


# What Spotify calls our entities


def _remember(track: Track, found: SpotifyTrack | None, now: datetime) -> None:
    if found is None:
        _forget(track)
        return
    rows = [
        _external(Entity.TRACK, track.pk, found.id, found.uri, found.raw, now),
        *_artists(track, found, now),
        *_release(track, found, now),
    ]
    _write_external(rows)


def _write_external(rows: list[ExternalData]) -> None:
    ExternalData.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["provider", "entity_type", "entity_id"],
        update_fields=["external_id", "uri", "raw", "fetched_at"],
    )


def _forget(track: Track) -> None:
    _accepted(track.pk).delete()


def _copy_external(from_track: int, to_track: int) -> None:
    known = _accepted(from_track).get()
    ExternalData.objects.update_or_create(
        provider=Provider.SPOTIFY,
        entity_type=Entity.TRACK,
        entity_id=to_track,
        defaults={
            "external_id": known.external_id,
            "uri": known.uri,
            "raw": known.raw,
            "fetched_at": known.fetched_at,
        },
    )


def _accepted(track_id: int) -> Any:
    return ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=track_id
    )


def _artists(track: Track, found: SpotifyTrack, now: datetime) -> Iterable[ExternalData]:
    """Ours that stand in the answer under the same name."""
    raw_by_uri = {raw.get("uri"): raw for raw in found.raw.get("artists") or []}
    theirs = {titles.artist(artist.name): artist for artist in found.artists if artist.uri}
    seen = set()
    for credit in track.credits.all():
        ours = titles.artist(credit.artist.name)
        best = max(theirs, key=lambda name: similarity(ours, name), default="")
        if similarity(ours, best) < SAME_ARTIST or credit.artist_id in seen:
            continue
        seen.add(credit.artist_id)
        artist = theirs[best]
        raw = raw_by_uri.get(artist.uri)
        yield _external(Entity.ARTIST, credit.artist_id, artist.id, artist.uri, raw, now)


def _release(track: Track, found: SpotifyTrack, now: datetime) -> Iterable[ExternalData]:
    """The album of the answer, where it bears the name of our release."""
    if track.release is None or not found.album.uri:
        return
    names = [titles.read(title).compact for title in (track.release.title, found.album.title)]
    if similarity(*names) >= LIKE_TITLE:
        album, raw = found.album, found.raw.get("album")
        yield _external(Entity.RELEASE, track.release.pk, album.id, album.uri, raw, now)


def _external(
    entity: Entity, pk: int, external_id: str, uri: str, raw: Any, now: datetime
) -> ExternalData:
    return ExternalData(
        provider=Provider.SPOTIFY,
        entity_type=entity,
        entity_id=pk,
        external_id=external_id,
        uri=uri,
        raw=cleaning.storable(raw),
        fetched_at=now,
    )

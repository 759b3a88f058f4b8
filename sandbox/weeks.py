"""Writes an invented week down when it is first asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from sandbox import clock, spotify_rows, store
from sandbox.beatport_rows import release_row, track_row
from sandbox.catalogue import (
    TRACKS_PER_WEEK,
    Release,
    Track,
    Week,
    releases,
    week_of,
    week_of_release,
    week_of_track,
)
from sandbox.differences import Song, expected, original_id, siblings, songs_of
from sandbox.genres import default_volume
from sandbox.models import BeatportRelease, BeatportTrack, SpotifyAlbum, SpotifyTrack, StoredWeek

_GENERATING = threading.Lock()


def ensure(genre_id: int, first: date, last: date) -> None:
    """Every week of the genre between two days is stored."""
    day = first
    while day <= last:
        ensure_week(week_of(genre_id, day))
        day += timedelta(days=7 - day.weekday())


def ensure_track(track_id: int) -> None:
    if week := week_of_track(track_id):
        ensure_week(week)


def ensure_release(release_id: int) -> None:
    if week := week_of_release(release_id):
        ensure_week(week)


def ensure_week(week: Week) -> None:
    stored = StoredWeek.objects.filter(genre_id=week.genre.id, year=week.year, week=week.number)
    if not stored.exists():
        with _GENERATING:
            if not stored.exists():
                write(week, volume(week))


def volume(week: Week) -> int:
    return settings.TRACKS or default_volume(week.genre.id, week.year, week.number)


def write(week: Week, track_count: int) -> None:
    """(Re)write a week with that many tracks; the first ones are the same whatever the number."""
    track_count = min(track_count, TRACKS_PER_WEEK - 8)
    made = releases(week, track_count)
    listed = [(release, track) for release in made for track in release.tracks][:track_count]
    shown = {release.id for release, _ in listed}
    sources = _sources(made)
    songs = [song for release in sources for song in songs_of(release)]
    pressed_on = {
        track.id: release
        for release in sources
        for track in release.tracks
        if track.original is None
    }
    with store.writing():
        _forget(week)
        StoredWeek.objects.create(
            genre_id=week.genre.id, year=week.year, week=week.number, track_count=track_count
        )
        BeatportRelease.objects.bulk_create(
            BeatportRelease(id=release.id, body=json.dumps(release_row(release)))
            for release in made
            if release.id in shown
        )
        BeatportTrack.objects.bulk_create(
            _track_record(release, track, first=pressed_on[original_id(track)])
            for release, track in listed
        )
        _write_songs(songs)


def _sources(made: list[Release]) -> list[Release]:
    """The releases, and those of the week before that they take recordings from."""
    own = {track.id for release in made for track in release.tracks}
    borrowed = {
        track.original.id
        for release in made
        for track in release.tracks
        if track.original and track.original.id not in own
    }
    if not borrowed:
        return made
    week = week_of_track(min(borrowed))
    earlier = releases(week, 24, look_back=False) if week else []
    return made + [r for r in earlier if borrowed & {track.id for track in r.tracks}]


def _forget(week: Week) -> None:
    StoredWeek.objects.filter(genre_id=week.genre.id, year=week.year, week=week.number).delete()
    tracks = BeatportTrack.objects.filter(
        genre_id=week.genre.id,
        published_on__range=(week.monday, week.monday + timedelta(days=6)),
    )
    BeatportRelease.objects.filter(id__in=tracks.values("release_id")).delete()
    tracks.delete()


def _track_record(release: Release, track: Track, *, first: Release) -> BeatportTrack:
    """Other mixes of the song are on the release that it was first on."""
    edits, others = siblings(first, track.original or track)
    return BeatportTrack(
        id=track.id,
        genre_id=release.genre.id,
        published_on=release.published_on,
        release_id=release.id,
        body=json.dumps(track_row(release, track)),
        truth={
            "expected": expected(release, track),
            "recording": original_id(track),
            "edits": edits,
            "others": others,
        },
    )


def _write_songs(songs: Iterable[Song]) -> None:
    """Songs already known keep their place."""
    fresh = {song.id: song for song in songs}
    known = set(
        SpotifyTrack.objects.filter(spotify_id__in=fresh).values_list("spotify_id", flat=True)
    )
    fresh = {key: song for key, song in fresh.items() if key not in known}
    albums = {song.album.id: song.album for song in fresh.values()}
    SpotifyAlbum.objects.bulk_create(
        (
            SpotifyAlbum(
                spotify_id=album.id,
                upc=album.upc,
                year=int(album.released_on[:4]),
                body=spotify_rows.album(album),
            )
            for album in albums.values()
        ),
        ignore_conflicts=True,
    )
    album_keys = dict(
        SpotifyAlbum.objects.filter(spotify_id__in=albums).values_list("spotify_id", "id")
    )
    numbers: dict[str, int] = {}
    records = []
    for song in fresh.values():
        numbers[song.album.id] = numbers.get(song.album.id, 0) + 1
        records.append(_song_record(song, album_keys[song.album.id], numbers[song.album.id]))
    SpotifyTrack.objects.bulk_create(records)
    _index(fresh, records)


def _song_record(song: Song, album_key: int, number: int) -> SpotifyTrack:
    return SpotifyTrack(
        spotify_id=song.id,
        album_id=album_key,
        isrc=song.isrc,
        number=number,
        popularity=song.popularity,
        visible_at=clock.now() + song.appears_after if song.appears_after else None,
        beatport_id=song.of,
        role=song.role,
        body=spotify_rows.track(song, number),
    )


def _index(songs: dict[str, Song], records: list[SpotifyTrack]) -> None:
    rows: list[tuple[Any, ...]] = []
    for record in records:
        song = songs[record.spotify_id]
        artists = " · ".join(artist.name for artist in song.artists)
        rows.append((record.pk, song.name, artists, song.album.name))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO spotify_text(rowid, title, artist, album) VALUES (%s, %s, %s, %s)", rows
        )

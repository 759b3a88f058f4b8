"""The one door to Spotify. Calls go in typed, values or errors of `accounts.errors` come out."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Self, TypeVar

import spotipy
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from accounts import answers, connection, quota, trail
from accounts.answers import (
    Page,
    PlaylistRow,
    Profile,
    SpotifyAlbum,
    SpotifyArtist,
    SpotifyPlaylist,
    SpotifyTrack,
)
from accounts.errors import (
    Ambiguous,
    Gone,
    NeedsReconnect,
    NotAllowed,
    PremiumRequired,
    QuotaExceeded,
    RateLimited,
    Refused,
    SpotifyError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from accounts.models import QuotaHour, SpotifyCredential, User
from accounts.transport import Session

__all__ = [
    "Ambiguous",
    "Gateway",
    "Gone",
    "NeedsReconnect",
    "NotAllowed",
    "Page",
    "PlaylistRow",
    "PremiumRequired",
    "Profile",
    "Purpose",
    "QuotaExceeded",
    "RateLimited",
    "Refused",
    "SpotifyAlbum",
    "SpotifyArtist",
    "SpotifyError",
    "SpotifyPlaylist",
    "SpotifyTrack",
    "Unavailable",
]

Purpose = QuotaHour.Purpose
Value = TypeVar("Value")
Call = Callable[[], Any]

LIBRARY_BATCH = 40
SHORT_BREAK = 2  # seconds of Retry-After that are waited for here
PLAYLIST_FIELDS = "id,uri,name,description,snapshot_id,external_urls,items.total,tracks.total"
ROW_FIELDS = "total,items(item(uri),track(uri))"


class Gateway:
    """For one task or request: it holds a connection and is not shared between threads."""

    def __init__(self, credential: SpotifyCredential, purpose: str = Purpose.OTHER) -> None:
        self.credential = credential
        self.purpose = purpose  # for the ledger
        self._session = Session()
        self._spotify = spotipy.Spotify(requests_session=self._session)
        self._spotify.prefix = f"{settings.SPOTIFY_API_URL}/"

    @classmethod
    def of(cls, user: User, purpose: str = Purpose.OTHER) -> Self:
        credential = SpotifyCredential.objects.filter(user=user).first()
        if credential is None:
            raise NeedsReconnect
        if not credential.is_usable:
            raise connection.refusal_of(credential)
        return cls(credential, purpose)

    @classmethod
    def of_anybody(cls) -> Self:
        """For work that serves all DJs: whoever's connection was used longest ago."""
        in_turn = SpotifyCredential.objects.filter(
            status=SpotifyCredential.Status.OK, user__is_active=True
        ).order_by(F("last_used_at").asc(nulls_first=True), "pk")
        credential = in_turn.first()
        if credential is None:
            raise NeedsReconnect
        SpotifyCredential.objects.filter(pk=credential.pk).update(last_used_at=timezone.now())
        return cls(credential)

    # Who am I, what is there

    def me(self) -> Profile:
        return self._read("other", lambda: self._spotify._get("me"), answers.read_profile)

    def search_tracks(self, query: str, *, limit: int = 10) -> list[SpotifyTrack]:
        """The query may use Spotify's filters, such as `isrc:`. Spotify gives 10 at most."""
        return self._read(
            "search",
            lambda: self._spotify.search(query, limit=limit, type="track"),
            answers.read_tracks,
        )

    def album_with_upc(self, upc: str) -> SpotifyAlbum | None:
        found = self._read(
            "search",
            lambda: self._spotify.search(f"upc:{upc}", limit=1, type="album"),
            answers.read_albums,
        )
        return found[0] if found else None

    def album_tracks(self, album: SpotifyAlbum) -> list[SpotifyTrack]:
        """The first 50, without ISRCs."""
        return self._read(
            "other",
            lambda: self._spotify._get(f"albums/{album.id}/tracks", limit=50),
            lambda answer: answers.read_album_tracks(answer, album),
            is_account_wide=False,
        )

    def track(self, track_id: str) -> SpotifyTrack:
        return self._read(
            "other",
            lambda: self._spotify.track(track_id),
            answers.read_track,
            is_account_wide=False,
        )

    # Playlists

    def create_playlist(self, *, name: str, description: str) -> SpotifyPlaylist:
        return self._write(
            lambda: self._spotify.current_user_playlist_create(
                name, public=False, description=description
            ),
            answers.read_playlist,
        )

    def playlist(self, playlist_id: str) -> SpotifyPlaylist:
        return self._read(
            "read",
            lambda: self._spotify.playlist(playlist_id, fields=PLAYLIST_FIELDS),
            answers.read_counted_playlist,
            is_account_wide=False,
        )

    def my_playlists(self, *, offset: int = 0) -> Page[SpotifyPlaylist]:
        return self._read(
            "read",
            lambda: self._spotify.current_user_playlists(limit=50, offset=offset),
            lambda answer: answers.read_page(answer, answers.read_playlist, offset=offset),
        )

    def playlist_items(self, playlist_id: str, *, offset: int = 0) -> Page[PlaylistRow]:
        return self._read(
            "read",
            lambda: self._spotify.playlist_items(
                playlist_id, fields=ROW_FIELDS, limit=50, offset=offset
            ),
            lambda answer: answers.read_page(answer, answers.read_row, offset=offset),
            is_account_wide=False,
        )

    def add_items(
        self, playlist_id: str, uris: Sequence[str], *, position: int | None = None
    ) -> str:
        """Appends up to 100 without a position. Returns the new snapshot, as the next two do."""
        body: dict[str, Any] = {"uris": list(uris)}
        if position is not None:
            body["position"] = position
        return self._write(
            lambda: self._spotify._post(f"playlists/{playlist_id}/items", payload=body),
            answers.read_snapshot,
            is_account_wide=False,
        )

    def replace_items(self, playlist_id: str, uris: Sequence[str]) -> str:
        """The playlist holds exactly these, up to 100, afterwards."""
        return self._write(
            lambda: self._spotify._put(
                f"playlists/{playlist_id}/items", payload={"uris": list(uris)}
            ),
            answers.read_snapshot,
            is_account_wide=False,
        )

    def remove_items(self, playlist_id: str, uris: Sequence[str]) -> str:
        """Every occurrence of up to 100 uris."""
        body = {"items": [{"uri": uri} for uri in uris]}
        return self._write(
            lambda: self._spotify._delete(f"playlists/{playlist_id}/items", payload=body),
            answers.read_snapshot,
            is_account_wide=False,
        )

    def rename_playlist(self, playlist_id: str, *, name: str, description: str) -> None:
        body = {"name": name, "description": description}
        self._write(
            lambda: self._spotify._put(f"playlists/{playlist_id}", payload=body),
            answers.nothing,
            is_account_wide=False,
        )

    # The DJ's library; uris are of playlists

    def take_off_library(self, uris: Sequence[str]) -> None:
        for some in batches(uris):
            self._write(partial(self._spotify._delete, "me/library", uris=some), answers.nothing)

    def put_back(self, uris: Sequence[str]) -> None:
        for some in batches(uris):
            self._write(partial(self._spotify._put, "me/library", uris=some), answers.nothing)

    def in_library(self, uris: Sequence[str]) -> list[bool]:
        flags: list[bool] = []
        for some in batches(uris):
            flags += self._read(
                "read",
                partial(self._spotify._get, "me/library/contains", uris=some),
                partial(answers.read_flags, count=some.count(",") + 1),
            )
        return flags

    # How a call is made

    @contextmanager
    def leaving_by(self, deadline: float) -> Iterator[None]:
        """A request that has not left at this time.monotonic() stays here, as Unavailable."""
        self._session.deadline = deadline
        try:
            yield
        finally:
            self._session.deadline = math.inf

    def _read(
        self,
        bucket: str,
        call: Call,
        read: Callable[[Any], Value],
        *,
        is_account_wide: bool = True,
    ) -> Value:
        answer = self._ask(bucket, call, is_account_wide=is_account_wide)
        try:
            return read(answer)
        except answers.Unreadable:
            raise Unavailable from None

    def _write(
        self, call: Call, read: Callable[[Any], Value], *, is_account_wide: bool = True
    ) -> Value:
        answer = self._ask("write", call, is_account_wide=is_account_wide)
        try:
            return read(answer)
        except answers.Unreadable:
            raise Ambiguous from None

    def _ask(self, bucket: str, call: Call, *, is_account_wide: bool) -> Any:
        """A 403 on a call about nothing but the account is about the account."""
        try:
            with trail.about(bucket=bucket, user=self.credential.user_id):
                answer = self._ask_with_fresh_token(bucket, call)
        except (NeedsReconnect, NotAllowed, PremiumRequired) as refusal:
            if self.credential.pk and (is_account_wide or not isinstance(refusal, NotAllowed)):
                connection.note_refusal(self.credential, refusal)
            raise
        if self.credential.pk and not self.credential.is_ok:
            connection.note_success(self.credential)
        return answer

    def _ask_with_fresh_token(self, bucket: str, call: Call) -> Any:
        self._session.authorize(connection.access_token(self.credential))
        try:
            return self._ask_patiently(bucket, call)
        except Unauthorized:
            connection.refresh(self.credential)
            self._session.authorize(self.credential.access_token)
            return self._ask_patiently(bucket, call)

    def _ask_patiently(self, bucket: str, call: Call) -> Any:
        """A break of up to two seconds is waited for, once."""
        try:
            return self._ask_once(bucket, call)
        except RateLimited as refusal:
            if (refusal.until - timezone.now()).total_seconds() > SHORT_BREAK:
                raise
            return self._ask_once(bucket, call)

    def _ask_once(self, bucket: str, call: Call) -> Any:
        ledger = quota.take(bucket, self.purpose)
        try:
            answer = call()
        except TooManyRequests as refusal:
            raise quota.refused(
                bucket, retry_after=refusal.retry_after, is_quota=refusal.is_quota
            ) from None
        except Unreachable:
            quota.give_back(bucket, self.purpose)
            raise
        if ledger.refusals:
            quota.recovered(bucket)
        return answer


def batches(uris: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(uris), LIBRARY_BATCH):
        yield ",".join(uris[start : start + LIBRARY_BATCH])

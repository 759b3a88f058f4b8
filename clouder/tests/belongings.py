"""All that can belong to a DJ, made for one DJ; two of them share a style and its music."""

import gzip
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db.models import AutoField, BinaryField, DateTimeField, ForeignKey, Model, Q, UUIDField
from django.utils import timezone

from accounts import api_tokens
from accounts.models import ApiToken, SpotifyCredential, User
from accounts.tests.factories import UserFactory
from catalog.tests.factories import GenreFactory, TrackFactory
from clouder.tests.rows import NOW
from curation import categories, golden, moves, shelf, verdicts
from curation.models import Absence, CurationPeriod, CurationTrack, MirroredPlaylist, Style
from curation.models import RememberedSelection as Selection
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)
from ingestion.models import Upload
from ingestion.tests.rows import track_object

URI = "spotify:track:{:022}"


class Shop:
    """The catalogue: one style, and tracks that every DJ's week has."""

    def __init__(self, size: int = 7) -> None:
        genre = GenreFactory(name="Night", slug="night")
        self.style: Style = StyleFactory(name="Night", slug="night")
        self.other_style: Style = StyleFactory(name="Day", slug="day")
        self.style.genres.set([genre])
        self.tracks = [
            TrackFactory(
                title=f"Lantern {number}",
                genre=genre,
                match="matched",
                spotify_uri=URI.format(number),
            )
            for number in range(size)
        ]
        # Each DJ takes some that no other week has; they are there before the DJ is.
        self.rest = [TrackFactory(genre=genre, match="review") for _ in range(10)]


class Belongings:
    """`mark` stands in every name that the DJ has given, and in no other word."""

    def __init__(self, shop: Shop, mark: str, *, week: int = 43, **user: Any) -> None:
        self.shop, self.mark = shop, mark
        self.user: User = UserFactory(username=mark.lower(), display_name=f"{mark} DJ", **user)
        self.week()
        self.closed_week(45)
        self.closed_week(week)
        self.decisions()
        self.doubts()
        self.playlists()
        self.account()

    def week(self) -> None:
        names = [f"{self.mark} {name}" for name in ("Warm Up", "Peak Time")]
        style = self.shop.style
        self.period: CurationPeriod = CurationPeriodFactory(
            user=self.user, style=style, categories=names
        )
        self.silver, self.peak = (playlist_of(self.period, name) for name in names)
        self.category = self.silver.user_category
        self.rows: list[CurationTrack] = [
            CurationTrackFactory(curation_period=self.period, track=track)
            for track in self.shop.tracks
        ]
        self.mine = self.shop.rest.pop()
        self.rows.append(CurationTrackFactory(curation_period=self.period, track=self.mine))
        self.in_bronze, self.in_silver, self.in_golden = self.rows[0], self.rows[1], self.rows[2]
        self.archived = categories.add_category(
            user=self.user, style=style, name=f"{self.mark} Archive"
        )
        categories.archive(self.archived)

    def closed_week(self, week: int) -> None:
        self.closed: CurationPeriod = CurationPeriodFactory(
            user=self.user, style=self.shop.style, week=week, categories=[], status="CLOSED"
        )
        CurationTrackFactory(curation_period=self.closed, track=self.shop.tracks[4])

    def decisions(self) -> None:
        user = self.user
        moves.put_off(user=user, track=self.rows[3])
        moves.move_track(user=user, track=self.in_silver, to=self.silver)
        moves.move_track(user=user, track=self.in_golden, to=self.silver)
        (self.promotion,) = golden.promote(user=user, tracks=[moves.as_it_is_now(self.in_golden)])
        self.kept = self.category.golden_tracks.get()
        removed = moves.move_track(user=user, track=self.rows[5], to=self.silver)
        golden.promote(user=user, tracks=[moves.as_it_is_now(self.rows[5])])
        gone = self.category.golden_tracks.get(track=self.rows[5].track)
        self.removal = shelf.remove(gone)
        self.move = removed
        self.rule = user.trash_rules.create(
            style=self.shop.style, label=self.shop.tracks[6].release.label
        )
        Selection.objects.create(user=user, style=self.shop.style, selection="order=bpm")

    def doubts(self) -> None:
        track = self.shop.rest.pop()
        row = CurationTrackFactory(curation_period=self.period, track=track)
        uri = URI.format(10_000 + track.pk)
        self.verdict = verdicts.accept(self.user, row.track, uri=uri, is_edit=False)

    def playlists(self) -> None:
        found = MirroredPlaylist.objects.filter(user=self.user)
        found.update(error=f"{self.mark} trouble.", name=f"{self.mark} playlist")
        self.mirrored = found.get(period_playlist=self.silver)
        for one in found:
            one.spotify_id = f"{self.mark}{one.pk}"
            one.save()
        found.filter(pk=self.mirrored.pk).update(state="missing")
        lists = found.get(user_category=self.category)
        Absence.objects.create(playlist=lists, track=self.kept.track, noticed_at=timezone.now())

    def account(self) -> None:
        self.token, self.secret = api_tokens.make(self.user, name=f"{self.mark} laptop")
        self.phone, _ = api_tokens.make(self.user, name="Phone")
        ApiToken.objects.bulk_create(
            ApiToken(
                user=self.user,
                name=f"Program {number}",
                sha256=f"{self.mark} {number}",
                form_id=uuid.uuid4(),
            )
            for number in range(api_tokens.LIMIT - 3)
        )
        SpotifyCredential.objects.create(
            user=self.user,
            account_id=f"{self.mark}-account",
            profile_url=f"https://open.spotify.com/user/{self.mark}",
            access_token=f"{self.mark}-access",
            refresh_token=f"{self.mark}-refresh",
            authorized_at=NOW,
            expires_at=NOW,
        )
        self.page = page = json.dumps({"results": [track_object()]}).encode()
        self.upload = Upload.objects.create(
            user=self.user, name=f"{self.mark}.json", body=gzip.compress(page), size=len(page)
        )
        Upload.objects.create(user=self.user, name=f"{self.mark}.txt", error="Not read.")

    def more(self) -> None:
        """What the others have not: more categories and keys, more decided, more in Golden."""
        style, tracks = self.shop.style, self.shop.tracks
        for name in ("Groove", f"{self.mark} Late", f"{self.mark} Early"):
            categories.add_category(user=self.user, style=style, name=name)
        moves.move_track(user=self.user, track=self.rows[4], to=self.peak)
        moves.move_track(user=self.user, track=self.rows[6], to=self.silver)
        golden.promote(user=self.user, tracks=[moves.as_it_is_now(self.rows[6])])
        for track in tracks[:2]:
            self.category.golden_tracks.create(track=track, added_at=timezone.now())
        self.user.selections.update(selection="order=newest")
        found = MirroredPlaylist.objects.filter(user=self.user, error="")
        found.update(error=f"{self.mark} trouble.", name=f"{self.mark} playlist")

    def ids(self) -> dict[str, Any]:
        """Of one thing of each kind, under the names by which addresses and forms call them."""
        return {
            "period_id": self.period.pk,
            "curation_track_id": self.in_bronze.pk,
            "category_id": self.category.pk,
            "token_id": self.token.pk,
            "playlist_id": self.mirrored.pk,
            "track": self.in_bronze.pk,
            "track_id": self.kept.track_id,
            "to": self.silver.pk,
            "period_playlist_id": self.silver.pk,
            "playlist": self.silver.pk,
            "kept": self.kept.pk,
            "move": str(self.move.client_id),
            "client_move_id": str(self.move.client_id),
            "client_id": str(self.move.client_id),
            "verdict": self.verdict.pk,
            "removal": self.removal,
            "rule": self.rule.pk,
            "upload": self.upload.pk,
            "only": self.upload.pk,
            "archive": self.category.pk,
            "up": self.peak.user_category_id,
            "remove": self.category.pk,
            "into": self.peak.user_category_id,
            "category": self.category.pk,
        }


def may_upload(user: User) -> User:
    user.is_staff = True
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="add_ingestrun"))
    return user


def ways_to_user(model: type[Model], seen: tuple[type[Model], ...] = ()) -> list[str]:
    """Lookups by which rows of a model belong to a user: "curation_period__user"."""
    ways = []
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or field.null:
            continue
        other = field.related_model
        if other is User:
            ways.append(field.name)
        elif other not in seen:
            ways += [f"{field.name}__{way}" for way in ways_to_user(other, (*seen, model))]
    return ways


OWNED: list[tuple[type[Model], list[str]]] = [
    (model, ways)
    for model in apps.get_models()
    if model._meta.app_label in ("accounts", "catalog", "ingestion", "curation")
    and (ways := ways_to_user(model))
]


def rows_of(user: User) -> Iterator[tuple[str, Sequence[Any]]]:
    """All that is the DJ's, table by table, as it is now; when he was last here does not count."""
    yield "user", list(User.objects.filter(pk=user.pk).values_list("display_name", "password"))
    for model, ways in OWNED:
        names = [f.attname for f in model._meta.concrete_fields if f.name != "last_used_at"]
        owned = Q(*((way, user) for way in ways), _connector=Q.OR)
        found = model._base_manager.filter(owned).order_by("pk")
        yield model._meta.label, list(found.values_list(*names))


RANDOM = {"prefix", "sha256", "in_flight", "before"}
MEANINGLESS = (AutoField, ForeignKey, UUIDField, DateTimeField, BinaryField)


def facts_of(user: User) -> Iterator[tuple[str, Sequence[Any]]]:
    """What the DJ's rows say, without what every row has another one of."""
    for model, ways in OWNED:
        fields = [f for f in model._meta.concrete_fields if not isinstance(f, MEANINGLESS)]
        names = [f.attname for f in fields if f.name not in RANDOM]
        owned = Q(*((way, user) for way in ways), _connector=Q.OR)
        found = model._base_manager.filter(owned).values_list("pk", *names)
        yield model._meta.label, sorted(repr(row[1:]) for row in found)

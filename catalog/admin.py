from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts.backoffice import ReadOnly, address, raw
from catalog import search
from catalog.models import (
    Artist,
    Entity,
    ExternalData,
    Label,
    Provider,
    Release,
    SpotifyMatch,
    Track,
    TrackArtist,
)
from catalog.search import Question

# How each model is found by words.
FOUND: dict[Any, Any] = {
    Artist: search.artists,
    Label: search.labels,
    Release: search.releases,
    Track: search.tracks,
}


class CatalogAdmin(ReadOnly):
    """What comes from Beatport is looked at here, not edited: the next run would write it anew."""

    sortable_by = ()  # the tables are large, and lists go by what they have an index for

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Ids and ISRCs are looked up by their index, and so are other words in names."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if exact := self.exactly(term):
            return queryset.filter(**exact), False
        return self.holding(queryset, Question.read(term)), False

    def exactly(self, term: str) -> dict[str, Any]:
        return {"beatport_id": int(term)} if term.isdecimal() and len(term) < 19 else {}

    def holding(self, queryset: QuerySet, asked: Question) -> QuerySet:
        return queryset.filter(pk__in=FOUND[self.model](asked).values("pk"))


@admin.register(Artist, Label)
class NameAdmin(CatalogAdmin):
    list_display = ["name", "beatport_id"]
    search_fields = ["name"]
    search_help_text = "Words of a name or a Beatport id"


@admin.register(Release)
class ReleaseAdmin(CatalogAdmin):
    list_display = ["title", "label", "catalog_number", "upc", "beatport_id"]
    list_select_related = ["label"]
    search_fields = ["title", "catalog_number"]
    search_help_text = "Words of a title, a catalogue number or a Beatport id"


class CreditInline(admin.TabularInline):
    model = TrackArtist
    fields = ["artist", "role", "position"]
    readonly_fields = ["artist", "role", "position"]
    ordering = ["role", "position"]
    extra = 0
    can_delete = False
    verbose_name_plural = "artists"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrackArtist]:
        return super().get_queryset(request).select_related("artist")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.action(description="Match again", permissions=["operate"])
def match_again(modeladmin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    """The rows are due at once; the errand takes them up by itself, in their turn."""
    chosen = "track__in" if queryset.model is Track else "pk__in"
    matches = SpotifyMatch.objects.filter(**{chosen: queryset.order_by().values("pk")})
    count = matches.count()
    due = matches.look_up_again(timezone.now())
    if due == count:
        modeladmin.message_user(request, f"{due} will be looked up on Spotify again.")
        return
    stay = "are on Spotify already or were decided by a person, and stay as they are"
    said = f"{due} will be looked up on Spotify again; {count - due} {stay}."
    modeladmin.message_user(request, said, messages.SUCCESS if due else messages.WARNING)


class OnSpotify(admin.SimpleListFilter):
    title = "Spotify"
    parameter_name = "spotify"
    UNMATCHED = [
        SpotifyMatch.State.PENDING,
        SpotifyMatch.State.REVIEW,
        SpotifyMatch.State.NOT_FOUND,
    ]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("unmatched", "Unmatched"), *SpotifyMatch.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        state = self.value()
        if state == "unmatched":
            return queryset.filter(match__state__in=self.UNMATCHED)
        return queryset.filter(match__state=state) if state else queryset


@admin.register(Track)
class TrackAdmin(CatalogAdmin):
    list_display = [
        "full_title",
        "artist_names",
        "match_state",
        "genre",
        "published_on",
        "isrc",
        "catalogue_number",
    ]
    list_filter = [OnSpotify, "genre"]
    list_select_related = ["genre", "match", "release"]
    search_fields = ["title"]
    search_help_text = "Words of a title or an artist, a catalogue number, an ISRC or a Beatport id"
    inlines = [CreditInline]
    actions = [match_again]
    fieldsets = [
        (None, {"fields": ["title", "mix_name", "release", "catalogue_number", "genre"]}),
        ("On Spotify", {"fields": ["match_state", "spotify_uri", "match_reasons", "match_page"]}),
        (
            "At Beatport",
            {
                "fields": [
                    "beatport_id",
                    "isrc",
                    "published_on",
                    "released_on",
                    "status",
                    "sub_genre",
                    "bpm",
                    "key",
                    "length_ms",
                    "is_exclusive",
                    "recording_key",
                    "is_primary",
                    "created_at",
                    "updated_at",
                ]
            },
        ),
        ("As it was sent", {"classes": ["collapse"], "fields": ["from_beatport", "from_spotify"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Track]:
        in_order = TrackArtist.objects.select_related("artist").order_by("role", "position")
        tracks = super().get_queryset(request).prefetch_related(Prefetch("credits", in_order))
        return tracks.defer("match__candidates", "match__reasons")

    @admin.display(description="title")
    def full_title(self, track: Track) -> str:
        return f"{track.title} ({track.mix_name})" if track.mix_name else track.title

    @admin.display(description="artists")
    def artist_names(self, track: Track) -> str:
        return ", ".join(credit.artist.name for credit in track.credits.all())

    @admin.display(description="number")
    def catalogue_number(self, track: Track) -> str:
        return track.release.catalog_number if track.release else ""

    @admin.display(description="on Spotify")
    def match_state(self, track: Track) -> str:
        return track.match.get_state_display() if hasattr(track, "match") else ""

    @admin.display(description="uri")
    def spotify_uri(self, track: Track) -> str:
        found = external(track, Provider.SPOTIFY)
        return found.uri if found else ""

    @admin.display(description="reasons")
    def match_reasons(self, track: Track) -> str:
        reasons = track.match.reasons if hasattr(track, "match") else []
        return format_html_join("", "{}<br>", ((reason,) for reason in reasons))

    @admin.display(description="match")
    def match_page(self, track: Track) -> str:
        if not hasattr(track, "match"):
            return ""
        return format_html('<a href="{}">Score, candidates, next try</a>', address(track.match))

    @admin.display(description="Beatport")
    def from_beatport(self, track: Track) -> str:
        found = external(track, Provider.BEATPORT)
        return raw(found.raw) if found and found.raw else "Nothing kept."

    @admin.display(description="Spotify")
    def from_spotify(self, track: Track) -> str:
        found = external(track, Provider.SPOTIFY)
        return raw(found.raw) if found and found.raw else "Nothing kept."

    def exactly(self, term: str) -> dict[str, Any]:
        isrc = term.replace("-", "").upper()
        if len(isrc) == 12 and isrc.isalnum() and isrc[-7:].isdecimal():
            return {"recording_key": f"isrc:{isrc}"}
        return super().exactly(term)


def external(track: Track, provider: str) -> ExternalData | None:
    return ExternalData.objects.filter(
        provider=provider, entity_type=Entity.TRACK, entity_id=track.pk
    ).first()


@admin.register(SpotifyMatch)
class SpotifyMatchAdmin(CatalogAdmin):
    title = "Matches with Spotify"
    list_display = ["track", "state", "method", "score", "priority", "next_try_at", "error"]
    list_filter = ["state"]
    list_select_related = ["track"]
    search_fields = ["track__title"]
    search_help_text = "Words of a title or an artist, or a Beatport id"
    actions = [match_again]
    fields = [
        "track",
        "state",
        "method",
        "score",
        "reason_lines",
        "priority",
        "attempts",
        "misses",
        "error",
        "next_try_at",
        "matched_at",
        "candidates_until",
        "candidate_list",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SpotifyMatch]:
        return super().get_queryset(request).defer("candidates", "reasons")

    @admin.display(description="reasons")
    def reason_lines(self, match: SpotifyMatch) -> str:
        return format_html_join("", "{}<br>", ((reason,) for reason in match.reasons))

    @admin.display(description="candidates")
    def candidate_list(self, match: SpotifyMatch) -> str:
        return raw(match.candidates) if match.candidates else "None."

    def exactly(self, term: str) -> dict[str, Any]:
        return {f"track__{name}": value for name, value in super().exactly(term).items()}

    def holding(self, queryset: QuerySet, asked: Question) -> QuerySet:
        return queryset.filter(track__in=search.tracks(asked).values("pk"))


@admin.register(ExternalData)
class ExternalDataAdmin(CatalogAdmin):
    title = "What the services sent"
    list_display = ["provider", "entity_type", "entity_id", "external_id", "fetched_at"]
    list_filter = ["provider", "entity_type"]
    search_fields = ["external_id"]
    search_help_text = "The id that the service gives"
    ordering = ["provider", "entity_type", "entity_id"]  # which has an index
    fields = ["provider", "entity_type", "entity_id", "external_id", "uri", "fetched_at", "as_sent"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExternalData]:
        """Lists do without the raw answers."""
        return super().get_queryset(request).defer("raw")

    @admin.display(description="as it was sent")
    def as_sent(self, data: ExternalData) -> str:
        return raw(data.raw) if data.raw else "Nothing kept."

    def exactly(self, term: str) -> dict[str, Any]:
        """All three columns of the index."""
        return {
            "provider__in": Provider.values,
            "entity_type__in": Entity.values,
            "external_id": term.rpartition(":")[2],
        }

from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.admin import ReadOnly
from catalog.models import (
    Artist,
    Entity,
    ExternalData,
    Genre,
    Label,
    Provider,
    Release,
    SpotifyMatch,
    Track,
    TrackArtist,
)


class QuickPaginator(Paginator):
    """Counts as far as anybody pages, not the whole table."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet, self.object_list)
        return rows.order_by()[: self.MOST].count()


class CatalogAdmin(ReadOnly):
    """What comes from Beatport is looked at here, not edited: the next run would write it anew."""

    paginator = QuickPaginator
    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Ids and ISRCs are looked up by their index; other words are searched for in names."""
        exact = self.exactly(search_term.strip())
        if exact:
            return queryset.filter(**exact), False
        return super().get_search_results(request, queryset, search_term)

    def exactly(self, term: str) -> dict[str, Any]:
        return {"beatport_id": int(term)} if term.isdecimal() and len(term) < 19 else {}


@admin.register(Genre)
class GenreAdmin(CatalogAdmin):
    list_display = ["name", "slug", "beatport_id"]
    search_fields = ["name"]
    ordering = ["name"]


@admin.register(Artist, Label)
class NameAdmin(CatalogAdmin):
    list_display = ["name", "beatport_id"]
    search_fields = ["name"]
    search_help_text = "A name or a Beatport id"


@admin.register(Release)
class ReleaseAdmin(CatalogAdmin):
    list_display = ["title", "label", "catalog_number", "beatport_id"]
    list_select_related = ["label"]
    search_fields = ["title", "catalog_number"]
    search_help_text = "A title, a catalogue number or a Beatport id"


class CreditInline(admin.TabularInline):
    model = TrackArtist
    fields = ["artist", "role", "position"]
    readonly_fields = ["artist", "role", "position"]
    ordering = ["role", "position"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.action(description="Look up on Spotify again")
def match_again(modeladmin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    """The rows are due at once; the errand takes them up by itself."""
    chosen = "track__in" if queryset.model is Track else "pk__in"
    matches = SpotifyMatch.objects.filter(**{chosen: queryset.order_by().values("pk")})
    due = matches.update(
        state=SpotifyMatch.State.PENDING,
        method="",
        attempts=0,
        misses=0,
        error="",
        matched_at=None,
        next_try_at=timezone.now(),
    )
    modeladmin.message_user(request, f"{due} will be looked up again.")


@admin.register(Track)
class TrackAdmin(CatalogAdmin):
    list_display = ["title", "mix_name", "genre", "published_on", "isrc", "match_state", "status"]
    list_filter = ["match__state", "status", "genre"]
    list_select_related = ["genre", "match"]
    search_fields = ["title"]
    search_help_text = "A title, an ISRC or a Beatport id"
    inlines = [CreditInline]
    actions = [match_again]

    @admin.display(description="On Spotify")
    def match_state(self, track: Track) -> str:
        return track.match.get_state_display() if hasattr(track, "match") else ""

    def exactly(self, term: str) -> dict[str, Any]:
        isrc = term.replace("-", "").upper()
        if len(isrc) == 12 and isrc.isalnum() and isrc[-7:].isdecimal():
            return {"recording_key": f"isrc:{isrc}"}
        return super().exactly(term)


@admin.register(SpotifyMatch)
class SpotifyMatchAdmin(CatalogAdmin):
    list_display = ["track", "state", "method", "score", "priority", "next_try_at", "error"]
    list_filter = ["state", "method"]
    list_select_related = ["track"]
    search_fields = ["track__title"]
    search_help_text = "A title or a Beatport id"
    actions = [match_again]

    def exactly(self, term: str) -> dict[str, Any]:
        return {f"track__{name}": value for name, value in super().exactly(term).items()}


@admin.register(ExternalData)
class ExternalDataAdmin(CatalogAdmin):
    list_display = ["provider", "entity_type", "entity_id", "external_id", "fetched_at"]
    list_filter = ["provider", "entity_type"]
    search_fields = ["external_id"]
    search_help_text = "The id that the service gives"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExternalData]:
        """Lists do without the raw answers."""
        return super().get_queryset(request).defer("raw")

    def exactly(self, term: str) -> dict[str, Any]:
        """All three columns of the index."""
        return {
            "provider__in": Provider.values,
            "entity_type__in": Entity.values,
            "external_id": term.rpartition(":")[2],
        }

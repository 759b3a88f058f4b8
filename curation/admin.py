from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import ReadOnly
from curation.models import (
    CurationPeriod,
    GoldenTrack,
    MirroredPlaylist,
    Move,
    Style,
    UserCategory,
)


@admin.register(Style)
class StyleAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "genre_names", "position", "is_active", "weeks"]
    list_editable = ["position", "is_active"]
    filter_horizontal = ["genres"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["position", "name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Style]:
        styles = super().get_queryset(request).prefetch_related("genres")
        return styles.annotate(period_count=Count("periods"))

    @admin.display(description="genres")
    def genre_names(self, style: Style) -> str:
        return ", ".join(genre.name for genre in style.genres.all())

    @admin.display(description="opened weeks", ordering="period_count")
    def weeks(self, style) -> int:
        return style.period_count


@admin.register(UserCategory)
class UserCategoryAdmin(ReadOnly):
    list_display = ["name", "style", "user", "hotkey", "position", "is_trash"]
    list_filter = ["style"]
    list_select_related = ["style", "user"]
    search_fields = ["name", "user__username"]


@admin.register(CurationPeriod)
class CurationPeriodAdmin(ReadOnly):
    list_display = ["style", "year", "week", "user", "status", "created_at", "closed_at"]
    list_filter = ["status", "style"]
    list_select_related = ["style", "user"]


@admin.register(MirroredPlaylist)
class MirroredPlaylistAdmin(ReadOnly):
    """The outbox: what waits for Spotify, since when and why."""

    list_display = [
        "__str__",
        "user",
        "layer",
        "state",
        "is_waiting",
        "changes",
        "due_at",
        "retry_at",
        "attempts",
        "error",
    ]
    list_filter = ["layer", "state"]
    list_select_related = ["user"]
    actions = ["try_now"]

    @admin.display(boolean=True)
    def is_waiting(self, playlist: MirroredPlaylist) -> bool:
        return playlist.is_waiting

    @admin.action(description="Try now")
    def try_now(self, request: HttpRequest, playlists: QuerySet[MirroredPlaylist]) -> None:
        count = playlists.update(due_at=timezone.now(), retry_at=None, attempts=0)
        messages.info(request, f"{count} playlists are tried at the next sweep.")


@admin.register(Move)
class MoveAdmin(ReadOnly):
    list_display = ["created_at", "user", "kind", "from_playlist", "to_playlist", "undone_at"]
    list_select_related = [
        "user",
        "from_playlist__user_category",
        "to_playlist__user_category",
    ]
    show_full_result_count = False


@admin.register(GoldenTrack)
class GoldenTrackAdmin(ReadOnly):
    list_display = ["track", "user_category", "added_at"]
    list_select_related = ["track", "user_category"]
    show_full_result_count = False

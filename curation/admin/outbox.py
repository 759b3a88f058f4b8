from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from accounts.backoffice import ReadOnly
from curation import links, mirror
from curation.mirror import desired
from curation.models import (
    MirroredItem,
    MirroredPlaylist,
    RefusedUri,
)


class Standing(admin.SimpleListFilter):
    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("waiting", "Waiting"), ("trouble", "In trouble"), ("step", "In step")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "waiting":
                return queryset.waiting()
            case "trouble":
                return queryset.waiting().exclude(error="")
            case "step":
                return queryset.exclude(pk__in=queryset.waiting().order_by().values("pk"))
        return queryset


@admin.register(MirroredPlaylist)
class MirroredPlaylistAdmin(ReadOnly):
    """The outbox: what waits for Spotify, since when and why."""

    title = "Outbox: playlists to send"
    list_display = [
        "playlist",
        "user",
        "layer",
        "standing",
        "changes",
        "next_try",
        "attempts",
        "problem",
    ]
    list_filter = [Standing, "layer", "state"]
    list_select_related = [
        "user",
        "curation_period__style",
        "period_playlist__user_category",
        "user_category__style",
    ]
    search_fields = ["user__username", "user__display_name", "spotify_id"]
    search_help_text = "A DJ, or Spotify's id of a playlist"
    sortable_by = ["user", "changes", "attempts"]
    actions = ["try_now"]
    fieldsets = [
        (None, {"fields": ["playlist", "user", "layer", "state", "standing", "problem"]}),
        (
            "What waits",
            {
                "fields": [
                    "wanted",
                    "sent",
                    "changes",
                    "due_at",
                    "retry_at",
                    "claimed_until",
                    "attempts",
                    "refusals",
                    "suspects",
                    "in_flight",
                ]
            },
        ),
        (
            "At Spotify",
            {
                "fields": [
                    "in_spotify",
                    "item_count",
                    "sent_at",
                    "seen_at",
                    "in_library",
                    "snapshot_id",
                    "marker",
                ]
            },
        ),
    ]

    @admin.display(description="playlist")
    def playlist(self, playlist: MirroredPlaylist) -> str:
        return desired.name(playlist)

    @admin.display(description="standing")
    def standing(self, playlist: MirroredPlaylist) -> str:
        now = timezone.now()
        if playlist.claimed_until and playlist.claimed_until > now:
            return "Being sent"
        if playlist.is_waiting and playlist.state in MirroredPlaylist.SENDING_STATES:
            return "Paused" if playlist.retry_at and playlist.retry_at > now else "Waiting"
        if playlist.state != MirroredPlaylist.State.ACTIVE:
            return playlist.get_state_display()
        return "In step" if playlist.spotify_id else "Nothing to send yet"

    @admin.display(description="next try")
    def next_try(self, playlist: MirroredPlaylist) -> Any:
        if not playlist.is_waiting:
            return None
        return max(filter(None, [playlist.due_at, playlist.retry_at]), default=None)

    @admin.display(description="problem")
    def problem(self, playlist: MirroredPlaylist) -> str:
        said = playlist.error or playlist.get_trouble_display()
        return said or self.empty_value_display

    @admin.display(description="playlist at Spotify")
    def in_spotify(self, playlist: MirroredPlaylist) -> str:
        if not playlist.spotify_id:
            return "Not made yet"
        return format_html(
            '<a href="{}">{}</a>', links.of_playlist(playlist), playlist.name or playlist.spotify_id
        )

    @admin.display(description="tracks there, as we believe")
    def item_count(self, playlist: MirroredPlaylist) -> int:
        return MirroredItem.objects.filter(playlist=playlist).count()

    @admin.action(description="Try now", permissions=["operate"])
    def try_now(self, request: HttpRequest, queryset: Any) -> None:
        chosen = queryset.count()
        count = mirror.try_now(queryset)
        if count:
            self.message_user(request, f"{count} of {chosen} wait, and are tried now.")
        else:
            self.message_user(request, "Nothing waits to be sent.", messages.WARNING)


@admin.register(RefusedUri)
class RefusedUriAdmin(ReadOnly):
    """Spotify takes these into no playlist, whoever sends them."""

    title = "Tracks that Spotify refuses"
    list_display = ["uri", "times", "try_again_at"]
    search_fields = ["uri"]
    search_help_text = "A part of the uri"
    ordering = ["-pk"]
    sortable_by = ()

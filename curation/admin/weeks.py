from django.contrib import admin
from django.db.models import Count, Q

from accounts.backoffice import ReadOnly
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    Move,
    UserCategory,
)


@admin.register(UserCategory)
class UserCategoryAdmin(ReadOnly):
    title = "Categories of the DJs"
    list_display = ["name", "style", "user", "hotkey", "position", "is_trash", "archived_at"]
    list_filter = ["is_trash", "style"]
    list_select_related = ["style", "user"]
    search_fields = ["name", "user__username", "user__display_name"]
    search_help_text = "A category or a DJ"
    fields = [
        "user",
        "style",
        "name",
        "hotkey",
        "position",
        "is_trash",
        "archived_at",
        "merged_into",
        "golden_count",
    ]

    @admin.display(description="Golden tracks")
    def golden_count(self, category: UserCategory) -> int:
        return category.golden_tracks.count()


@admin.register(CurationPeriod)
class CurationPeriodAdmin(ReadOnly):
    title = "Weeks of the DJs"
    list_display = ["style", "year", "week", "user", "status", "created_at", "closed_at"]
    list_filter = ["status", "style"]
    list_select_related = ["style", "user"]
    search_fields = ["user__username", "user__display_name"]
    search_help_text = "A DJ"
    fields = [
        "user",
        "style",
        "dates",
        "status",
        "tracks_in_it",
        "created_at",
        "decided_at",
        "sorted_at",
        "closed_at",
        "filled_at",
        "swept_at",
        "late_tracks",
        "stays_on_spotify",
    ]

    @admin.display(description="week")
    def dates(self, period: CurationPeriod) -> str:
        first, last = period.first_day, period.last_day
        return f"{period.week} of {period.year}, {first:%d %b} to {last:%d %b}"

    @admin.display(description="tracks")
    def tracks_in_it(self, period: CurationPeriod) -> str:
        is_unsorted = Q(status=CurationTrack.Status.UNSORTED)
        found = period.tracks.aggregate(
            bronze=Count("pk", filter=is_unsorted),
            sorted=Count("pk", filter=~is_unsorted),
            golden=Count("pk", filter=Q(promoted_at__isnull=False)),
        )
        return "{bronze} in Bronze, {sorted} sorted, {golden} of these promoted".format(**found)


@admin.register(Move)
class MoveAdmin(ReadOnly):
    title = "Log of moves"
    list_display = [
        "created_at",
        "user",
        "kind",
        "track",
        "from_playlist",
        "to_playlist",
        "undone_at",
    ]
    list_select_related = [
        "user",
        "curation_track__track",
        "from_playlist__user_category",
        "to_playlist__user_category",
    ]
    sortable_by = ()
    fields = [
        "created_at",
        "user",
        "kind",
        "track",
        "week",
        "from_playlist",
        "to_playlist",
        "undone_at",
        "made_golden",
        "took_golden",
        "action_id",
        "client_id",
    ]

    @admin.display(description="track")
    def track(self, move: Move) -> str:
        return str(move.curation_track.track)

    @admin.display(description="week")
    def week(self, move: Move) -> str:
        return str(move.curation_track.curation_period)


@admin.register(GoldenTrack)
class GoldenTrackAdmin(ReadOnly):
    list_display = ["track", "user_category", "style", "user", "added_at"]
    list_select_related = ["track", "user_category__style", "user_category__user"]
    sortable_by = ()

    @admin.display(description="style")
    def style(self, golden: GoldenTrack) -> str:
        return str(golden.user_category.style)

    @admin.display(description="DJ")
    def user(self, golden: GoldenTrack) -> str:
        return str(golden.user_category.user)

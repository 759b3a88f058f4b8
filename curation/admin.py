from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from accounts.backoffice import Desk, ReadOnly, list_address
from curation import links, mirror, periods
from curation.mirror import desired
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    MirroredPlaylist,
    Move,
    Style,
    UserCategory,
)
from curation.staff_forms import FetchForm
from ingestion.models import IngestRun

MAY_FETCH = "ingestion.add_ingestrun"


def count_of(model: Any, **of_row: Any) -> Subquery:
    """How many rows of a model belong to each row, as a subquery of its own."""
    of_one = model.objects.filter(**of_row).order_by().values(*of_row)
    return Subquery(of_one.annotate(count=Count("pk")).values("count"))


@admin.register(Style)
class StyleAdmin(Desk):
    list_display = [
        "name",
        "genre_names",
        "position",
        "is_active",
        "category_count",
        "week_count",
        "fetch_link",
    ]
    list_editable = ["position", "is_active"]
    fields = ["name", "slug", "genres", "position", "is_active"]
    filter_horizontal = ["genres"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["position", "name"]
    actions = ["fetch_chosen"]
    change_list_template = "admin/curation/style/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Style]:
        of_style = {"style": OuterRef("pk")}
        return (
            super()
            .get_queryset(request)
            .prefetch_related("genres")
            .annotate(
                categories_made=count_of(UserCategory, **of_style),
                weeks_opened=count_of(CurationPeriod, **of_style),
            )
        )

    @admin.display(description="genres")
    def genre_names(self, style: Style) -> str:
        return ", ".join(sorted(genre.name for genre in style.genres.all())) or "None yet"

    @admin.display(description="categories", ordering="categories_made")
    def category_count(self, style: Any) -> int:
        return style.categories_made or 0

    @admin.display(description="opened weeks", ordering="weeks_opened")
    def week_count(self, style: Any) -> int:
        return style.weeks_opened or 0

    @admin.display(description="")
    def fetch_link(self, style: Style) -> str:
        address = f"{reverse('admin:curation_style_fetch')}?style={style.slug}"
        return format_html('<a href="{}">Fetch a week</a>', address)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        words = {
            "genres": "A genre that is added brings what is there of it to weeks that are open; "
            "one that is taken away leaves the tracks that came from it.",
            "is_active": "Off: the style is offered to nobody any more. Weeks that DJs have "
            "opened stay theirs, and can be sorted to the end.",
            "position": "Styles are listed by it; equal ones by name.",
        }
        if db_field.name in words:
            kwargs["help_text"] = words[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Style, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data and not obj.is_active:
            count = obj.periods.exclude(status=CurationPeriod.Status.CLOSED).count()
            weeks = "1 open week stays" if count == 1 else f"{count} open weeks stay"
            self.message_user(request, f"{obj} is offered to nobody any more. {weeks}.")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and "genres" in form.changed_data:
            weeks, tracks = periods.follow_genres(form.instance)
            if weeks:
                said = f"{tracks} tracks came to its open weeks ({weeks}). What Beatport has"
                self.message_user(request, f"{said} beside them is not here before it is fetched.")

    def why_it_stays(self, request: HttpRequest, row: Style) -> str:
        weeks, made = row.periods.count(), row.categories.count()
        if not (weeks or made):
            return ""
        return (
            f"DJs have work in {row}: {weeks} weeks and {made} categories with what is Golden "
            "there. Switch it off instead: take away “Active”."
        )

    # Fetching

    def has_fetch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_FETCH)

    @admin.action(description="Fetch a week …", permissions=["fetch"])
    def fetch_chosen(self, request: HttpRequest, queryset: QuerySet[Style]) -> HttpResponse:
        chosen = urlencode({"style": list(queryset.values_list("slug", flat=True))}, doseq=True)
        return HttpResponseRedirect(f"{reverse('admin:curation_style_fetch')}?{chosen}")

    def get_urls(self) -> list[URLPattern]:
        fetch = self.admin_site.admin_view(self.fetch)
        return [path("fetch/", fetch, name="curation_style_fetch"), *super().get_urls()]

    def fetch(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_fetch_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        form = self.fetch_form(request)
        if request.method == "POST" and form.is_valid():
            for style, runs in form.fetch().items():
                self.say_what_started(request, style, runs)
            return HttpResponseRedirect(self.after_fetch(request, form))
        page = {**self.admin_site.each_context(request), "form": form, "opts": self.opts}
        page |= {"title": "Fetch a week from Beatport", "media": self.media}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/curation/style/fetch.html", page, status=status)

    def fetch_form(self, request: Any) -> FetchForm:
        if request.method == "POST":
            return FetchForm(request.user, request.POST)
        return FetchForm(request.user, initial={"styles": request.GET.getlist("style")})

    def say_what_started(self, request: HttpRequest, style: Style, runs: list[IngestRun]) -> None:
        said = "; ".join(f"{run.genre}: {run.get_status_display().lower()}" for run in runs)
        self.message_user(request, f"{style}, week {runs[0].week} of {runs[0].year}. {said}.")

    def after_fetch(self, request: HttpRequest, form: FetchForm) -> str:
        """The runs, where one may see them."""
        if not request.user.has_perm("ingestion.view_ingestrun"):
            return list_address(Style)
        asked = {name: form.cleaned_data[name] for name in ("year", "week")}
        return list_address(IngestRun, urlencode(asked))


@admin.register(UserCategory)
class UserCategoryAdmin(ReadOnly):
    title = "Categories of the DJs"
    list_display = ["name", "style", "user", "hotkey", "position", "is_trash"]
    list_filter = ["is_trash", "style"]
    list_select_related = ["style", "user"]
    search_fields = ["name", "user__username", "user__display_name"]
    search_help_text = "A category or a DJ"
    fields = ["user", "style", "name", "hotkey", "position", "is_trash", "golden_count"]

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
        return playlist.error or playlist.get_trouble_display()

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

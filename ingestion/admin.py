from datetime import date

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from accounts.backoffice import ReadOnly, address, list_address, raw
from catalog.admin import CatalogAdmin
from catalog.models import Genre
from catalog.search import Question
from ingestion import genres, runs
from ingestion.errors import BeatportError
from ingestion.models import BeatportCredential, IngestRun, RowSetAside

SHOWN_ASIDE = 20


@admin.register(Genre)
class GenreAdmin(CatalogAdmin):
    """Here rather than with the catalogue: Beatport is asked."""

    list_display = ["name", "slug", "beatport_id"]
    search_fields = ["name"]
    search_help_text = "A name or a Beatport id"
    ordering = ["name"]
    change_list_template = "admin/catalog/genre/change_list.html"

    def holding(self, queryset: QuerySet, asked: Question) -> QuerySet:
        return queryset.filter(name__icontains=asked.text)

    def get_urls(self) -> list[URLPattern]:
        refresh = self.admin_site.admin_view(self.refresh)
        return [path("refresh/", refresh, name="catalog_genre_refresh"), *super().get_urls()]

    @method_decorator(require_POST)
    def refresh(self, request: HttpRequest) -> HttpResponse:
        if not self.has_operate_permission(request):
            raise PermissionDenied
        try:
            self.message_user(request, str(genres.refresh()))
        except BeatportError as error:
            self.message_user(request, f"The genres stay as they were. {error}", messages.ERROR)
        return redirect("admin:catalog_genre_changelist")


@admin.register(IngestRun)
class IngestRunAdmin(ReadOnly):
    title = "Runs: fetches and imports"
    list_display = [
        "what",
        "week_of_year",
        "status",
        "progress",
        "brought",
        "aside",
        "problem",
        "created_at",
        "took",
    ]
    list_filter = ["status", "trouble", "source", "genre"]
    list_select_related = ["genre"]
    ordering = ["-pk"]
    sortable_by = ()
    actions = ["run_again"]
    change_list_template = "admin/ingestion/ingestrun/change_list.html"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "what",
                    "dates",
                    "source",
                    "status",
                    "progress",
                    "brought",
                    "trouble",
                    "error",
                ]
            },
        ),
        ("Set aside", {"fields": ["rows_aside"]}),
        (
            "How it went",
            {
                "fields": [
                    "created_at",
                    "started_at",
                    "finished_at",
                    "took",
                    "pages_done",
                    "readings",
                    "attempts",
                    "not_before",
                    "claimed_until",
                    "raw_pages",
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[IngestRun]:
        return super().get_queryset(request).defer("absent_ids")

    @admin.display(description="what")
    def what(self, run: IngestRun) -> str:
        return run.file_name or str(run.genre)

    @admin.display(description="week")
    def week_of_year(self, run: IngestRun) -> str:
        return f"W{run.week:02} {run.year}" if run.week and run.year else ""

    @admin.display(description="week")
    def dates(self, run: IngestRun) -> str:
        if not (run.year and run.week):
            return "All that is in the file"
        first = date.fromisocalendar(run.year, run.week, 1)
        last = date.fromisocalendar(run.year, run.week, 7)
        return f"{run.week} of {run.year}, {first:%d %b} to {last:%d %b}"

    @admin.display(description="tracks")
    def progress(self, run: IngestRun) -> str:
        if not run.expected:
            return str(run.collected)
        bar = '<progress value="{}" max="{}"></progress> {} of {}'
        return format_html(bar, run.collected, run.expected, run.collected, run.expected)

    @admin.display(description="of these")
    def brought(self, run: IngestRun) -> str:
        parts = [(run.new, "new"), (run.changed, "changed"), (run.withdrawn, "withdrawn")]
        words = ", ".join(f"{count} {word}" for count, word in parts if count)
        return words or self.empty_value_display

    @admin.display(description="problem")
    def problem(self, run: IngestRun) -> str:
        return run.error

    @admin.display(description="set aside")
    def aside(self, run: IngestRun) -> str | int:
        if not run.set_aside:
            return 0
        asked = list_address(RowSetAside, f"run__id__exact={run.pk}")
        return format_html('<a href="{}">{}</a>', asked, run.set_aside)

    @admin.display(description="took")
    def took(self, run: IngestRun) -> str:
        if not (run.started_at and run.finished_at):
            return self.empty_value_display
        minutes, seconds = divmod(round((run.finished_at - run.started_at).total_seconds()), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    @admin.display(description="rows")
    def rows_aside(self, run: IngestRun) -> str:
        """The first of them; the list has them all."""
        rows = run.rows_set_aside.defer("raw").order_by("page", "position")[:SHOWN_ASIDE]
        line = '<li>Page {}, row {}: <a href="{}">{}</a></li>'
        lines = [(row.page, row.position, address(row), row.reason) for row in rows]
        if not lines:
            return "None."
        listed = format_html("<ul>{}</ul>", format_html_join("", line, lines))
        if run.set_aside <= SHOWN_ASIDE:
            return listed
        asked = list_address(RowSetAside, f"run__id__exact={run.pk}")
        return format_html('{}<a href="{}">All {}</a>', listed, asked, run.set_aside)

    @admin.display(description="raw pages kept")
    def raw_pages(self, run: IngestRun) -> int:
        return run.pages.count()

    @admin.action(description="Run again", permissions=["operate"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[IngestRun]) -> None:
        chosen = list(queryset)
        finished = [run for run in chosen if run.is_finished]
        for run in finished:
            runs.run_again(run)
            self.log_change(request, run, "Run again.")
        said = f"{len(finished)} will be run."
        if busy := len(chosen) - len(finished):
            said += f" Under way already: {busy}."
        self.message_user(request, said, messages.SUCCESS if finished else messages.WARNING)


@admin.register(RowSetAside)
class RowSetAsideAdmin(ReadOnly):
    list_display = ["reason", "run", "page", "position"]
    list_select_related = ["run__genre"]
    ordering = ["-pk"]
    sortable_by = ()
    search_fields = ["reason"]
    search_help_text = "Words of the reason"
    fields = ["run", "page", "position", "reason", "as_sent"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RowSetAside]:
        return super().get_queryset(request).defer("raw")

    @admin.display(description="the row as it was sent")
    def as_sent(self, row: RowSetAside) -> str:
        return raw(row.raw)


@admin.register(BeatportCredential)
class BeatportCredentialAdmin(ReadOnly):
    """Tokens are given, tried and taken away on a page of their own."""

    title = "Beatport’s connection"
    list_display = ["__str__", "way", "client_id", "expires_at", "lost_at"]
    sortable_by = ()
    fields = [
        *("status", "way", "client_id", "connected_at", "renewed_at", "expires_at", "lost_at"),
        "to_change_it",
    ]

    @admin.display(description="to change it")
    def to_change_it(self, held: BeatportCredential) -> str:
        return format_html('<a href="{}">Open Beatport’s page</a>', reverse("beatport"))

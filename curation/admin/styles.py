from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from accounts.backoffice import Desk, list_address
from curation import periods
from curation.models import (
    CurationPeriod,
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

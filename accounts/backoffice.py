"""What the admin pages of all rooms have in common."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

Deletion = tuple[list[Any], dict[str, int], set[str], list[str]]


class QuickPaginator(Paginator):
    """Counts as far as anybody pages, not the whole table."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet, self.object_list)
        return rows.order_by()[: self.MOST].count()


class Desk(admin.ModelAdmin):
    """A list that stays quick; what can be done to many rows is a button on the page of one, too.

    Actions that name the permission `operate` are for those who may change the rows.
    """

    title = ""  # of the list, where the model's own name does not say it
    paginator = QuickPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count the whole table
    list_per_page = 50
    list_max_show_all = 0
    empty_value_display = "–"
    change_form_template = "admin/one_row.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        named = {"title": self.list_title}
        return super().changelist_view(request, named | (extra_context or {}))

    @property
    def list_title(self) -> str:
        return self.title or capfirst(str(self.opts.verbose_name_plural))

    def response_action(
        self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(pk.isdecimal() and len(pk) < 19 for pk in chosen):
            raise BadRequest("Rows are chosen by their number.")
        return super().response_action(request, queryset, *args, **kwargs)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<path:object_id>/do/<slug:action>/",
            self.admin_site.admin_view(self.do),
            name=f"{self.opts.app_label}_{self.opts.model_name}_do",
        )
        return [own, *super().get_urls()]

    @method_decorator(require_POST)
    def do(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """One of the list's actions, for this row alone."""
        wanted = self.buttons(request).get(action)
        if wanted is None:
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        answer = wanted[0](self, request, self.get_queryset(request).filter(pk=row.pk))
        return answer or redirect(address(row))

    def buttons(self, request: HttpRequest) -> dict[str, tuple[Callable, str, str]]:
        found = self.get_actions(request).items()
        return {name: action for name, action in found if action and name != "delete_selected"}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["list_title"] = self.list_title
        context["buttons"] = [
            (name, words) for name, (_, _, words) in self.buttons(request).items()
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Deletion:
        """What must not go is said in sentences, instead of a list of all that hangs on it."""
        reasons = [reason for row in objs if (reason := self.why_it_stays(request, row))]
        if reasons:
            return [], {}, set(), reasons
        return super().get_deleted_objects(objs, request)

    def why_it_stays(self, request: HttpRequest, row: Any) -> str:
        """A sentence where deleting the row would take more than anybody means to."""
        return ""


class ReadOnly(Desk):
    """What Clouder itself writes is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def address(row: Any) -> str:
    """The page of a row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def list_address(model: Any, query: str = "") -> str:
    opts = model._meta
    found = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return f"{found}?{query}" if query else found


def moment(at: datetime) -> str:
    """Where the admin is; pages of one row show what a method returns as it is."""
    return date_format(localtime(at), "DATETIME_FORMAT")


def raw(value: Any) -> str:
    """JSON, or text that should be JSON, as a person can read it."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return format_html('<pre class="raw">{}</pre>', value)
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return format_html('<pre class="raw">{}</pre>', text)

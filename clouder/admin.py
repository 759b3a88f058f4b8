"""Schedules: what runs by the clock, of django-celery-beat's tables as much as is used here."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

import django_celery_beat.admin  # noqa: F401  registers its tables, which is undone below
from celery import current_app
from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    PeriodicTasks,
    SolarSchedule,
)
from kombu.exceptions import KombuError

from accounts.backoffice import Desk
from clouder import schedules

# What is not used is not shown; the others get pages that fit.
admin.site.unregister(
    [ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule]
)

ROOMS = ("accounts.", "catalog.", "ingestion.", "curation.", "clouder.")


def tasks() -> Iterator[tuple[str, str]]:
    """Our tasks, for a list to choose from."""
    current_app.loader.import_default_modules()
    ours = sorted(name for name in current_app.tasks if name.startswith(ROOMS))
    return ((name, name) for name in ours)


class ScheduleForm(forms.ModelForm):
    task = forms.ChoiceField(choices=tasks)

    class Meta:
        model = PeriodicTask
        fields = ["name", "task", "kwargs"]
        labels = {"kwargs": "Arguments"}
        help_texts = {"kwargs": "JSON, by name. Most tasks take none."}

    def clean_kwargs(self) -> str:
        text = self.cleaned_data["kwargs"] or "{}"
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError('Write a JSON object, such as {"limit": 50}, or {}.')
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "task" in cleaned and "kwargs" in cleaned:
            task = inspect.signature(current_app.tasks[cleaned["task"]].run)
            try:
                task.bind(**json.loads(cleaned["kwargs"]))
            except TypeError as error:
                self.add_error("kwargs", f"The task does not take these: {error}.")
        return cleaned


@admin.register(PeriodicTask)
class ScheduleAdmin(Desk):
    form = ScheduleForm
    title = "Schedules"
    list_display = ["name", "enabled", "how_often", "last_ran", "times", "what"]
    list_filter = ["enabled"]
    list_select_related = ["interval", "crontab"]
    search_fields = ["name", "task"]
    search_help_text = "Words of a name or a task"
    ordering = ["name"]
    actions = ["run_now", "switch_on", "switch_off"]
    readonly_fields = ["last_run_at", "total_run_count"]
    fieldsets = [
        (None, {"fields": ["name", "description", "enabled", "task", "kwargs"]}),
        (
            "When",
            {
                "fields": ["interval", "crontab", "start_time", "one_off"],
                "description": "Either an interval or a time of day.",
            },
        ),
        ("Runs", {"fields": ["last_run_at", "total_run_count"]}),
        ("More", {"classes": ["collapse"], "fields": ["expire_seconds"]}),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        words = {
            "enabled": "Off: beat leaves it out until somebody switches it on. Updates do not.",
            "interval": "",
            "crontab": "",
            "expire_seconds": "A run that no worker took up within so many seconds is left out.",
        }
        if db_field.name in words:
            kwargs["help_text"] = words[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="last ran", ordering="last_run_at")
    def last_ran(self, entry: PeriodicTask) -> Any:
        return entry.last_run_at

    @admin.display(description="times", ordering="total_run_count")
    def times(self, entry: PeriodicTask) -> int:
        return entry.total_run_count

    @admin.display(description="what it does")
    def what(self, entry: PeriodicTask) -> str:
        return entry.description or entry.task

    @admin.display(description="how often")
    def how_often(self, entry: PeriodicTask) -> str:
        when = entry.crontab.human_readable if entry.crontab else str(entry.interval or "")
        return capfirst(when)

    def why_it_stays(self, request: HttpRequest, row: PeriodicTask) -> str:
        if row.name not in schedules.DEFAULTS:
            return ""
        return f"“{row.name}” belongs to Clouder, and nothing would bring it back. Switch it off."

    @admin.action(description="Run now", permissions=["operate"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """Whether on or off; beat's own count is left alone."""
        current_app.loader.import_default_modules()
        for entry in queryset:
            task = current_app.tasks.get(entry.task)
            if task is None:
                self.message_user(request, f"There is no task {entry.task}.", messages.ERROR)
                continue
            try:
                task.apply_async(kwargs=json.loads(entry.kwargs or "{}"))
            except (KombuError, OSError):
                said = f"“{entry.name}” was not started: the broker cannot be reached."
                self.message_user(request, said, messages.ERROR)
            else:
                self.message_user(request, f"“{entry.name}” was handed to the workers.")

    @admin.action(description="Switch on", permissions=["operate"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        self.switch(request, queryset, enabled=True)

    @admin.action(description="Switch off", permissions=["operate"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        self.switch(request, queryset, enabled=False)

    def switch(
        self, request: HttpRequest, queryset: QuerySet[PeriodicTask], *, enabled: bool
    ) -> None:
        count = queryset.exclude(enabled=enabled).update(enabled=enabled)
        PeriodicTasks.update_changed()
        self.message_user(request, f"Switched {'on' if enabled else 'off'}: {count}.")


class TimesAdmin(Desk):
    """Shared by schedules; one that is in use stays."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(uses=Count("periodictask"))

    @admin.display(description="schedules that use it", ordering="uses")
    def used(self, row: Any) -> int:
        return row.uses

    def why_it_stays(self, request: HttpRequest, row: Any) -> str:
        names = list(row.periodictask_set.order_by("name").values_list("name", flat=True)[:3])
        return f"“{row}” is used by: {', '.join(names)}." if names else ""


@admin.register(IntervalSchedule)
class IntervalAdmin(TimesAdmin):
    title = "Intervals"
    list_display = ["__str__", "used"]
    ordering = ["period", "every"]


@admin.register(CrontabSchedule)
class CrontabAdmin(TimesAdmin):
    title = "Times of day"
    list_display = ["human_readable", "used", "timezone"]
    fields = ["minute", "hour", "day_of_week", "day_of_month", "month_of_year", "timezone"]
    ordering = ["pk"]

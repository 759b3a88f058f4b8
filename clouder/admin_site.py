"""The admin's first page and side bar: rooms in the order of the work, under plain names."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify

from clouder import standing

# Model by model; what stands in none of these comes last.
ROOMS = {
    "Styles and weeks": [
        "curation.Style",
        "curation.CurationPeriod",
        "curation.UserCategory",
        "curation.GoldenTrack",
        "curation.Move",
    ],
    "Import from Beatport": [
        "ingestion.IngestRun",
        "ingestion.RowSetAside",
        "ingestion.BeatportCredential",
        "catalog.Genre",
    ],
    "Catalogue": [
        "catalog.Track",
        "catalog.SpotifyMatch",
        "catalog.Release",
        "catalog.Artist",
        "catalog.Label",
        "catalog.ExternalData",
    ],
    "Spotify": [
        "curation.MirroredPlaylist",
        "curation.RefusedUri",
        "accounts.QuotaBucket",
        "accounts.QuotaHour",
    ],
    "People": ["accounts.User", "auth.Group", "accounts.ApiToken"],
    "Schedules": [
        "django_celery_beat.PeriodicTask",
        "django_celery_beat.IntervalSchedule",
        "django_celery_beat.CrontabSchedule",
    ],
}
App = dict[str, Any]


class Site(admin.AdminSite):
    site_header = "Clouder"
    site_title = "Clouder admin"
    index_title = "How Clouder stands"

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        standing_now = {"standing": standing.lines(request)}
        return super().index(request, standing_now | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[App]:
        apps = super().get_app_list(request, app_label)
        rows = {row["model"]._meta.label: row for app in apps for row in app["models"]}
        for row in rows.values():
            desk = self.get_model_admin(row["model"])
            row["name"] = getattr(desk, "list_title", row["name"])
        if app_label:
            return apps
        rooms = [
            room(title, [rows.pop(label) for label in labels if label in rows])
            for title, labels in ROOMS.items()
        ]
        rooms.append(room("More", list(rows.values())))
        return [room for room in rooms if room["models"]]


def room(title: str, models: list[App]) -> App:
    label = slugify(title)
    return {
        "name": title,
        "app_label": label,
        "app_url": f"{reverse('admin:index')}#{label}",
        "has_module_perms": True,
        "models": models,
    }

"""What `make bench` measures here. See clouder.bench."""

import time
from collections.abc import Iterator

from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from clouder import crowd

TRACKS = 100_000


def admin_lists() -> dict[str, float]:
    """Every list of the admin, and searches that the largest are asked, at 100,000 tracks."""
    crowd.gather(TRACKS)
    chief = User.objects.create_superuser("chief", password=None)
    client = Client()
    client.force_login(chief)
    client.get(reverse("admin:index"))  # templates and content types are read once
    figures = {}
    for name, address in _lists():
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        queries = float(len(captured))
        started = time.perf_counter()
        assert client.get(address).status_code == 200
        figures[f"{name}: queries"] = queries
        figures[f"{name}: ms"] = 1000 * (time.perf_counter() - started)
    return figures


def _lists() -> Iterator[tuple[str, str]]:
    yield "first page", reverse("admin:index")
    for model in admin.site._registry:
        opts = model._meta
        name = f"{opts.app_label}.{opts.model_name}"
        yield name, reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    tracks = reverse("admin:catalog_track_changelist")
    for asked in ("q=77777", "q=glass117", "q=glass117+artist", "spotify=review", "p=150"):
        yield f"tracks ?{asked}", f"{tracks}?{asked}"

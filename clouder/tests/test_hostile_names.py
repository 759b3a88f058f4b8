"""Whatever a name holds, it stands on a page as text: markup, quotes, other directions, length."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import CharField, Field, Model, TextField
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.models import ApiToken, User
from catalog.models import Artist, Genre, Label, Release, SpotifyMatch, Track
from clouder.tests import rows
from clouder.tests.belongings import Belongings, Shop
from clouder.tests.routes import Route, kind_and_example, pages
from curation.models import MirroredPlaylist, Style, UserCategory
from ingestion.models import IngestRun, RowSetAside, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOSTILE = '<script>boo("\'")</script>&amp;\u202e🎧'
LONGEST = 500
NAMES: dict[type[Model], list[str]] = {
    User: ["display_name", "first_name"],
    ApiToken: ["name"],
    Genre: ["name"],
    Artist: ["name"],
    Label: ["name"],
    Release: ["title", "catalog_number"],
    Track: ["title", "mix_name", "isrc"],
    SpotifyMatch: ["error"],
    Style: ["name"],
    UserCategory: ["name"],
    MirroredPlaylist: ["name", "error"],
    IngestRun: ["error", "file_name"],
    RowSetAside: ["reason", "raw"],
    Upload: ["name", "error"],
}
NEVER = ["readyz", "logout", "golden_export", "spotify_callback", "admin", "trash_rule"]


def spoil() -> None:
    """Every name in the database, as long as its column takes, all different."""
    for model, names in NAMES.items():
        for row in model._base_manager.all():
            for name in names:
                field = model._meta.get_field(name)
                if getattr(row, name) or name != "error":
                    setattr(row, name, spoiled(field, row.pk))
            row.save(update_fields=names)
    reasons, candidate = [HOSTILE], {"uri": f"spotify:track:{1:022}", "title": HOSTILE}
    candidate |= {"artists": [HOSTILE], "album": HOSTILE, "reasons": [HOSTILE], "score": 0.5}
    SpotifyMatch.objects.update(reasons=reasons, candidates=[candidate])


def spoiled(field: Field, number: int) -> str:
    assert isinstance(field, (CharField, TextField))
    most = min(field.max_length or LONGEST, LONGEST)
    return f"{number}{HOSTILE}{'W' * LONGEST}"[:most]


def addresses(of: Belongings) -> Iterator[str]:
    for route in pages():
        if not (route.name in NEVER or route.is_admin):
            yield kind_and_example(route, of)[1] if route.parameters else route.path
    yield "/search/?q=boo"
    yield f"/matches/?track={of.mine.pk}"
    yield f"{reverse('trash_rule', args=[of.period.pk])}?track={of.in_bronze.pk}"
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        for page in ("change", "delete"):
            yield reverse(f"{name}_{page}", args=[model._default_manager.order_by("pk").first().pk])


def dangers(page: html.HtmlElement) -> list[str]:
    """What in a page could do more than be read."""
    found = [html.tostring(one)[:80].decode() for one in page.iter("script") if inline(one)]
    for element in page.iter(html.etree.Element):
        for name, value in element.attrib.items():
            if name.startswith("on") or value.strip().lower().startswith("javascript:"):
                found.append(f"{name}={value}")
    return found


def inline(script: html.HtmlElement) -> bool:
    return not script.get("src") and script.get("type") != "application/json"


@pytest.fixture
def spoiled_world(client) -> tuple[Client, Belongings]:
    rows.fill(range(1, 2))
    dj = Belongings(Shop(), "Nachtfalter", is_staff=True, is_superuser=True)
    spoil()
    client.force_login(User.objects.get(pk=dj.user.pk))
    return client, dj


def test_names_are_text_on_every_page(spoiled_world):
    client, dj = spoiled_world
    shown = 0

    for address in addresses(dj):
        answer: HttpResponse = client.get(address)
        if answer.status_code in (302, 405) or "text/html" not in answer.headers["Content-Type"]:
            continue
        assert answer.status_code in (200, 403), address
        page = html.fromstring(answer.content.decode())
        assert not dangers(page), address
        shown += "boo(" in page.text_content()
    assert shown > 60


def test_names_are_text_for_programs_and_in_files(spoiled_world):
    client, dj = spoiled_world

    kept = client.get(f"/api/golden/{dj.category.pk}/tracks")
    csv = client.get(kind_and_example(Route("/golden/<int:pk>/export.csv"), dj)[1])

    title = kept.json()["items"][0]["track"]["title"]
    assert HOSTILE in title
    assert csv["Content-Disposition"].startswith("attachment")
    assert csv["X-Content-Type-Options"] == kept["X-Content-Type-Options"] == "nosniff"

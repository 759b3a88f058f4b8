"""Every address of the installation, found in its own tables of addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from clouder.api import api
from clouder.tests.belongings import Belongings

PARAMETER = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
REST = re.compile(r"\(\?P<.*$")  # the admin answers every address below its own


@dataclass(frozen=True)
class Route:
    """`path` as it is written in the tables, with parameters in angle brackets."""

    path: str
    name: str = ""
    methods: tuple[str, ...] = ("GET", "POST")  # of an operation of the API those that it has

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_admin(self) -> bool:
        return self.path.startswith("/admin/")

    def filled(self, values: dict[str, Any]) -> str:
        """Raises KeyError for a parameter without an example."""
        return PARAMETER.sub(lambda found: str(values[found[1]]), REST.sub("x", self.path))


def pages() -> Iterator[Route]:
    """Without the API."""
    for path, pattern in walk(get_resolver().url_patterns):
        if not path.startswith("/api/"):
            yield Route(path, pattern.name or "")


def walk(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, path)
        else:
            yield path, pattern


def operations() -> Iterator[Route]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                full = f"/api/{prefix}{path}".replace("//", "/")
                yield Route(full, operation.view_func.__name__, tuple(operation.methods))


# What the first part of an address says of whom the rest belongs to. Of an address with a
# parameter that none of these covers nobody knows who may see it: test_strangers turns red.

OWNED = "owned"  # for all others it is not there
SHARED = "shared"  # the catalogue is everybody's
STAFF = "staff"


def kind_and_example(route: Route, of: Belongings) -> tuple[str, str]:
    """Who may see an address, and what it is for this DJ's things. Raises LookupError."""
    values = of.ids()
    for start, kind, named in (
        ("/curation/periods/<int:pk>/", OWNED, {"pk": of.period.pk}),
        ("/curation/playlists/<int:pk>/", OWNED, {"pk": of.mirrored.pk}),
        ("/golden/<int:pk>/", OWNED, {"pk": of.category.pk}),
        ("/settings/tokens/<int:token_id>/", OWNED, {}),
        ("/matches/<int:pk>/", OWNED, {"pk": of.mine.pk}),
        (
            "/styles/<slug:slug>/categories/<int:pk>/",
            OWNED,
            {"slug": of.shop.style.slug, "pk": of.category.pk},
        ),
        (
            "/styles/<slug:slug>/always-trash/<int:pk>/",
            OWNED,
            {"slug": of.shop.style.slug, "pk": of.rule.pk},
        ),
        ("/styles/<slug:slug>/", SHARED, {"slug": of.shop.style.slug}),
        ("/tracks/<int:pk>/", SHARED, {"pk": of.shop.tracks[2].pk}),
        ("/artists/<int:pk>/", SHARED, {"pk": of.shop.tracks[2].credits.get().artist_id}),
        ("/labels/<int:pk>/", SHARED, {"pk": of.shop.tracks[2].release.label_id}),
        ("/coverage/<slug:slug>/", STAFF, {"slug": of.shop.style.slug, "year": 2026, "week": 40}),
        (
            "/admin/",
            STAFF,
            {"object_id": of.period.pk, "app_label": "curation", "url": "x"}
            | {"action": "x", "content_type_id": 1, "id": of.user.pk},
        ),
        ("/api/curation/periods/{int:period_id}", OWNED, {}),
        ("/api/curation/tracks/{int:curation_track_id}", OWNED, {}),
        ("/api/categories/{int:category_id}", OWNED, {}),
        ("/api/golden/{int:category_id}", OWNED, {}),
        ("/api/matches/{int:track_id}", OWNED, {"track_id": of.mine.pk}),
        ("/api/styles/{int:style_id}", SHARED, {"style_id": of.shop.style.pk}),
    ):
        if route.path.startswith(start):
            return kind, route.filled(values | named)
    raise LookupError(f"Whose is {route.path}? Say it in clouder/tests/routes.py.")

"""Nobody sees or changes what belongs to another DJ, at whatever address.

Every address is found in the tables of addresses. A stranger, who has as much as the owner has in
the same style, asks for each with the owner's ids, in the address and in forms; whatever else the
stranger sees must be to the letter what it was before the owner came.
"""

import re
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from clouder import bounds
from clouder.tests.belongings import Belongings, Shop, facts_of, may_upload, rows_of
from clouder.tests.routes import OWNED, STAFF, Route, kind_and_example, operations, pages

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOUR = timedelta(hours=1)
MARK = "Nachtfalter"  # stands in every name that the owner has given
JSON = {"content_type": "application/json"}
HTMX = {"headers": {"HX-Request": "true"}}
# Another one on every page: tokens against forgery, and ids that a form makes for itself.
CHANGING = re.compile(
    r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|data-token=")\w+'
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|clouder_[0-9a-f]+"
)
NUMBER = re.compile(r"\d+")
# Here a stranger may be: the way in and out, and what says of Clouder only that it lives.
OPEN = {"healthz", "readyz", "login", "logout", "spotify_login", "spotify_callback"}
FOR_STAFF = ("/beatport/", "/coverage/", "/status/")
OPEN_PATHS = {"/admin/login/", "/admin/logout/"}
BODIES: dict[str, dict[str, Any]] = {
    "add_category": {"name": "Groove"},
    "change_category": {"name": "Groove"},
    "open_period": {"style": "night", "year": 2026, "week": 44},
    "move": {"period_playlist_id": None},
    "move_many": {"curation_track_ids": [1], "period_playlist_id": None},
    "decide_match": {"uri": "not_there"},
}

Form = dict[str, Any]
FORMS: dict[str, Callable[[Belongings], list[Form]]] = {
    "make_token": lambda of: [{"name": "Phone", "form_id": of.phone.form_id}],
    "uploads": lambda of: [{"uploads": ContentFile(of.page, "new.json")}],
    "sort_undo": lambda of: [{"move": of.verdict.client_id}, {}],
    "review_promote": lambda of: [{"track": of.in_silver.pk}, {"playlist": of.silver.pk}, {}],
    "review_demote": lambda of: [{"track": of.in_golden.pk}],
    "review_move": lambda of: [{"track": of.in_silver.pk, "to": of.peak.pk}],
    "review_undo": lambda of: [{"move": of.promotion.client_id}],
    "golden_absent": lambda of: [{"kept": of.kept.pk, "answer": "remove"}, {"kept": of.kept.pk}],
    "match_decide": lambda of: [{"none": "yes"}],
    "match_alike": lambda of: [{"track": of.mine.pk}, {"track": of.mine.pk, "kind": "edit"}],
    "style_save": lambda of: [
        {f"name-{of.category.pk}": "Renamed", f"key-{of.category.pk}": "9"},
        {"back": of.archived.pk},
        {"down": of.category.pk},
        {"remove": of.peak.user_category_id},
    ],
    "style_copy": lambda of: [{"source": "night"}],
    "period_close": lambda of: [{"rest": "trash"}],
    "period_open": lambda of: [{"style": "night", "year": 2026, "week": 44}],
    "tracks_move": lambda of: [
        {"track": of.in_silver.pk, "to": of.peak.pk},
        {"all": "1", "to": of.peak.pk},
        {"label_to_trash": of.in_bronze.track.release.label_id},
    ],
    "trash_rule_set": lambda of: [{"label": of.in_bronze.track.release.label_id}],
    "tracks_undo": lambda of: [{"move": of.promotion.client_id}],
    "sort_select": lambda of: [{"selection": f"order=bpm&mixes={of.in_bronze.track_id}"}],
    "sort_move": lambda of: [{"track": of.in_bronze.pk, "to": of.silver.pk, "golden": "on"}],
}


def forms(route: Route, of: Belongings) -> list[Form]:
    """With ids of this DJ's things, under all names by which forms call them."""
    return [of.ids(), *FORMS.get(route.name, lambda of: [])(of)]


def body(route: Route, of: Belongings) -> Form:
    named = {
        "move": {"period_playlist_id": of.silver.pk},
        "move_many": {
            "curation_track_ids": [of.in_silver.pk, of.in_bronze.pk],
            "period_playlist_id": of.peak.pk,
        },
        "undo": {"client_move_id": str(of.move.client_id)},
    }
    return named.get(route.name, {}) | {
        name: value for name, value in BODIES.get(route.name, {}).items() if value is not None
    }


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside was never written."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Writes:
    """Whether anything was written, sessions apart; comparing all rows takes longer."""

    any = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        is_read = sql.startswith(("SELECT", "SAVEPOINT", "RELEASE")) or "django_session" in sql
        self.any = self.any or not is_read
        return execute(sql, params, many, context)


def ways(route: Route) -> Iterator[tuple[str, dict[str, Any]]]:
    """By each method, as a page and as a fragment. The admin asks who it is before all else."""
    for method in ("GET",) if route.is_admin else route.methods:
        yield method, {}
        if not route.is_admin:
            yield method, HTMX


def logged_in(user: Any, **more: Any) -> Client:
    client = Client(**more)
    client.force_login(user)
    return client


def call(client: Client, route: Route, address: str, method: str, **more: Any) -> HttpResponse:
    if route.is_api and method != "GET":
        more = {"data": more.get("data", BODIES.get(route.name, {})), **JSON}
    answer = getattr(client, method.lower())(address, **more)
    return unpacked(answer) if answer.streaming else answer


def unpacked(answer: Any) -> HttpResponse:
    """What a DJ reads in the zip."""
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        return HttpResponse(b"\n".join(archive.read(name) for name in archive.namelist()))


def text(answer: HttpResponse) -> str:
    return CHANGING.sub("", answer.content.decode(errors="replace"))


class World:
    """A shop, a stranger and a clerk of the staff; then the owner; and then a late stranger.

    Who comes before and who after tells filters from luck: without one, "the first" of all rows
    is the own for some of them. Thorough, it also asks whether every form is answered as before.
    """

    def __init__(self, *, is_thorough: bool = False) -> None:
        shop = Shop()
        self.is_thorough = is_thorough
        self.now = timezone.now()
        self.kept: list[Any] = []  # what is the owner's
        self.only: Container[Route] | None = None  # routes to ask; None is all
        self.people: list[tuple[Belongings, Client]] = []
        self.come(Belongings(shop, "Visitor"))
        clerk = self.come(Belongings(shop, "Clerk"))
        may_upload(clerk.user)
        self.before = [self.seen(who, client) for who, client in self.people]
        self.owner = Belongings(shop, MARK, week=44)
        self.owner.more()
        self.latecomer = self.come(Belongings(shop, "Latecomer"))

    def asks(self, route: Route) -> bool:
        return self.only is None or route in self.only

    def call(
        self, client: Client, route: Route, address: str, method: str, **more: Any
    ) -> HttpResponse:
        return call(client, route, address, method, **more)

    @property
    def marks(self) -> set[str]:
        return {who.mark for who, _ in self.people} | {MARK}

    def come(self, who: Belongings) -> Belongings:
        self.people.append((who, logged_in(who.user)))
        return who

    def problems(self) -> Iterator[str]:
        """What a stranger or a clerk sees or changes of the owner's."""
        bounds.allowances.forget()  # nobody writes as much as a walk
        self.kept = list(rows_of(self.owner.user))
        for who, client in self.people[:2]:
            yield from self.at_the_owners_addresses(client, is_staff=who.user.is_staff)
        for who, client in self.people[1:]:
            yield from self.with_the_owners_ids(who, client)
        for (who, client), before in zip(self.people, self.before, strict=False):
            for address, found in self.seen(who, client).items():
                if found != before[address]:
                    yield f"{address} answers otherwise since the owner is there"
        for who, client in self.people[2:]:
            for address, found in self.seen(who, client).items():
                if any(mark in found for mark in self.marks - {who.mark}):
                    yield f"{address} shows what is another's"

    def seen(self, who: Belongings, client: Client) -> dict[str, str]:
        """What this DJ is answered about his own things, by every page and to every form."""
        found: dict[str, str] = {}
        with time_machine.travel(self.now + HOUR, tick=False), taken_back():
            for route in filter(self.asks, routes_for(who)):
                if "GET" in route.methods:
                    for address in questions(route, who):
                        found[address] = text(self.call(client, route, address, "GET"))
                        client.cookies.pop("messages", None)
                for method in set(route.methods) - {"GET"} if self.is_thorough else ():
                    for number, form in enumerate(own_forms(route, who)):
                        name = f"{method} {route.path}, form {number}"
                        found[name] = self.outcome(who, client, route, method, form)
        return found

    def outcome(
        self, who: Belongings, client: Client, route: Route, method: str, form: Form
    ) -> str:
        """Without the numbers: what is made new has another one each time."""
        cookies, written = deepcopy(client.cookies), Writes()
        with taken_back(), connection.execute_wrapper(written):
            answer = self.call(client, route, example(route, who), method, data=form)
            facts = list(facts_of(who.user)) if written.any else ""
            is_owners = self.kept and written.any and list(rows_of(self.owner.user)) != self.kept
        client.cookies = cookies
        said = unquote(answer.headers.get("X-Sentence", ""))
        words = f"{answer.status_code} {answer.headers.get('Location')} {said} {text(answer)}"
        others = " It changes what is the owner's." if is_owners else ""
        return NUMBER.sub("#", words) + others + repr(facts)

    def at_the_owners_addresses(self, client: Client, *, is_staff: bool) -> Iterator[str]:
        for route in filter(self.asks, all_routes()):
            kind, address = kind_and_example(route, self.owner)
            if kind not in (OWNED, STAFF) or (is_staff and kind == STAFF):
                continue
            found = set()
            for method, how in ways(route):
                for answer, trouble in self.asked(client, route, address, method, **how):
                    found.add(answer.status_code)
                    yield from trouble
            wanted = 404 if kind == OWNED else 302 if route.is_admin else 403
            if found - {405} != {wanted}:
                yield f"{route.path} answers {found}"

    def with_the_owners_ids(self, who: Belongings, client: Client) -> Iterator[str]:
        """At the stranger's own addresses."""
        for route in filter(self.asks, routes_for(who)):
            address = example(route, who)
            for method in route.methods:
                asked = [self.owner.ids()]
                if method != "GET":
                    whose = [self.owner] if self.is_thorough else [self.owner, who]
                    asked = [form for of in whose for form in own_forms(route, of)]
                for form in asked:
                    for _, trouble in self.asked(client, route, address, method, data=form):
                        yield from trouble

    def asked(
        self, client: Client, route: Route, address: str, method: str, **more: Any
    ) -> Iterator[tuple[HttpResponse, list[str]]]:
        cookies, written = deepcopy(client.cookies), Writes()
        with taken_back(), connection.execute_wrapper(written):
            answer = self.call(client, route, address, method, **more)
            trouble = []
            if answer.status_code >= 500:
                trouble.append(f"{method} {address} breaks")
            if MARK in answer.content.decode(errors="replace") + str(answer.headers):
                trouble.append(f"{method} {address} shows what is the owner's")
            if written.any and list(rows_of(self.owner.user)) != self.kept:
                trouble.append(f"{method} {address} changes what is the owner's")
        client.cookies = cookies
        yield answer, trouble


def routes_for(who: Belongings) -> list[Route]:
    """A clerk is asked where only clerks may be, the others everywhere else."""
    return [
        route
        for route in [*pages(), *operations()]
        if not route.is_admin
        and route.name not in OPEN | {"status"}  # which counts everybody's
        and route.path.startswith(FOR_STAFF) == who.user.is_staff
    ]


def own_forms(route: Route, of: Belongings) -> list[Form]:
    return [body(route, of), {}] if route.is_api else forms(route, of)


def all_routes() -> list[Route]:
    """With a parameter: those name an object."""
    return [route for route in [*pages(), *operations()] if route.parameters]


def example(route: Route, who: Belongings) -> str:
    return kind_and_example(route, who)[1] if route.parameters else route.path


def questions(route: Route, who: Belongings) -> Iterator[str]:
    address = example(route, who)
    yield address
    if route.name == "search":
        yield f"{address}?q=lantern"
    if route.name == "golden_category":
        yield f"{address}?removed={who.removal}"
    if route.name == "sort":
        yield f"{address}?track={who.in_bronze.pk}&start=1"
    if route.name == "trash_rule":
        yield f"{address}?track={who.in_bronze.pk}"
    if route.name == "matches":
        yield f"{address}?track={who.mine.pk}"


def test_a_stranger_sees_and_changes_nothing_of_anothers():
    assert "\n".join(World().problems()) == ""


@pytest.mark.slow
def test_every_form_is_answered_as_if_nobody_else_were_there():
    assert "\n".join(World(is_thorough=True).problems()) == ""


def test_who_is_not_logged_in_is_sent_to_the_login(client):
    owner = Belongings(Shop(), MARK)
    kept = list(rows_of(owner.user))

    for route in [*pages(), *operations()]:
        if route.name in OPEN or route.path in OPEN_PATHS:
            continue
        found = set()
        for method, how in ways(route):
            answer = call(client, route, example(route, owner), method, **how)
            found.add(answer.status_code)
            assert MARK not in answer.content.decode(), route
            if answer.status_code == 302:
                assert answer["Location"].startswith(("/login/", "/admin/login/")), route
        assert found & {302, 401}, route
        assert found <= {302, 401, 405}, (route, found)
    assert list(rows_of(owner.user)) == kept


def test_every_write_wants_the_token_against_forgery():
    owner = Belongings(Shop(), MARK, is_staff=True, is_superuser=True)
    kept = list(rows_of(owner.user))
    client = logged_in(owner.user, enforce_csrf_checks=True)

    for route in [*pages(), *operations()]:
        if route.is_admin and route.parameters:
            continue  # as the lists that they belong to
        for method in set(route.methods) - {"GET"}:
            answer = call(client, route, example(route, owner), method, **HTMX)
            assert answer.status_code in (403, 405), (method, route, answer.status_code)
    assert list(rows_of(owner.user)) == kept


def test_a_route_that_nobody_knows_the_owner_of_turns_this_red():
    with pytest.raises(LookupError, match=r"Whose is /playlists/<int:pk>/\?"):
        kind_and_example(Route("/playlists/<int:pk>/"), Belongings(Shop(), MARK))

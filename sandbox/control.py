"""The side door for tests, demo and benchmarks: time, trouble, limits, truth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, JsonResponse

from sandbox import clock, faults, journal, listeners, openapi, quota, switches, truth, weeks
from sandbox import spotify_accounts as accounts
from sandbox.answers import View
from sandbox.catalogue import Week
from sandbox.genres import genres
from sandbox.models import (
    AccessToken,
    BeatportConsent,
    BeatportToken,
    Consent,
    Listener,
    Playlist,
)
from sandbox.store import writing


def plain(view: Callable[..., Any]) -> View:
    """Body in, JSON out; a wrong value is a 400 with a sentence."""

    @wraps(view)
    def wrapped(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            body = json.loads(request.body or b"{}")
            return JsonResponse(view(request, body, **names), safe=False)
        except (ValueError, TypeError, KeyError, re.error) as error:
            return JsonResponse({"error": f"{type(error).__name__}: {error}"}, status=400)
        except ObjectDoesNotExist as error:
            return JsonResponse({"error": str(error)}, status=404)

    return wrapped


@plain
def health(request: HttpRequest, body: Any) -> Any:
    return {"serving": "sandbox", "now": clock.now().isoformat()}


@plain
def log(request: HttpRequest, body: Any) -> Any:
    if request.method == "DELETE":
        journal.clear()
    since = int(request.GET.get("since", "0"))
    return journal.rows(side=request.GET.get("side"), since=since)


@plain
def fault_rules(request: HttpRequest, body: Any) -> Any:
    if request.method == "POST":
        for values in body if isinstance(body, list) else [body]:
            faults.add(values)
    elif request.method == "DELETE":
        faults.clear()
    return faults.state()


@plain
def the_clock(request: HttpRequest, body: dict[str, Any]) -> Any:
    if "offset_seconds" in body:
        clock.set_offset(timedelta(seconds=body["offset_seconds"]))
    if "advance_seconds" in body:
        clock.advance(timedelta(seconds=body["advance_seconds"]))
    if "now" in body:
        moment = datetime.fromisoformat(body["now"])
        clock.set_now(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return {"now": clock.now().isoformat(), "offset_seconds": clock.offset_seconds()}


@plain
def quotas(request: HttpRequest, body: dict[str, Any]) -> Any:
    unknown = set(body) - {*quota.BUCKETS, "requests_per_30s"}
    if unknown:
        raise ValueError(f"no such bucket: {', '.join(sorted(unknown))}")
    quota.caps.update(body)
    return quota.state()


@plain
def the_switches(request: HttpRequest, body: dict[str, Any]) -> Any:
    switches.change(body)
    return switches.state()


@plain
def week_volume(request: HttpRequest, body: dict[str, Any]) -> Any:
    week = _week(body)
    weeks.write(week, int(body["tracks"]))
    return {"written": int(body["tracks"])}


@plain
def week_truth(request: HttpRequest, body: Any) -> Any:
    week = _week(request.GET.dict())
    weeks.ensure_week(week)
    return truth.of_week(week)


@plain
def playlists(request: HttpRequest, body: dict[str, Any], user_id: str) -> Any:
    """All of a user's playlists; a POST is the DJ at work in Spotify itself."""
    listener = Listener.objects.get(id=user_id)
    if request.method == "POST":
        _edit(listener.playlists.get(spotify_id=body["id"]), body)
    return [
        {
            "id": playlist.spotify_id,
            "name": playlist.name,
            "description": playlist.description,
            "public": playlist.is_public,
            "in_library": playlist.in_library,
            "revision": playlist.revision,
            "items": [uri for uri, _ in playlist.items],
        }
        for playlist in listener.playlists.order_by("id")
    ]


@plain
def user(request: HttpRequest, body: dict[str, Any], user_id: str) -> Any:
    listener = Listener.objects.get(id=user_id)
    with writing():
        listener.is_allow_listed = body.get("allow_listed", listener.is_allow_listed)
        listener.has_premium = not body.get("premium_lapsed", not listener.has_premium)
        listener.withheld_scopes = body.get("scopes_removed", listener.withheld_scopes)
        listener.save()
        if body.get("revoked"):
            accounts.revoke(listener)
    return {
        "id": listener.id,
        "account_id": listener.account_id,
        "name": listener.name,
        "allow_listed": listener.is_allow_listed,
        "premium_lapsed": not listener.has_premium,
        "scopes_removed": listener.withheld_scopes,
    }


@plain
def grant(request: HttpRequest, body: dict[str, Any], user_id: str) -> Any:
    """Tokens without the consent page, for tests that are not about it."""
    return accounts.grant(Listener.objects.get(id=user_id), body.get("scope"))


@plain
def violations(request: HttpRequest, body: Any) -> Any:
    if request.method == "DELETE":
        openapi.violations.clear()
    return {"enabled": openapi.is_enabled(), "violations": openapi.violations}


@plain
def reset(request: HttpRequest, body: Any) -> Any:
    """Users, playlists, tokens, faults, log, quota, clock and switches; not the catalogue."""
    with writing():
        for model in (Playlist, AccessToken, Consent, BeatportConsent, BeatportToken):
            model.objects.all().delete()
        listeners.reset()
    clock.set_offset(timedelta(0))
    for part in (faults.clear, journal.clear, quota.reset, switches.reset):
        part()
    openapi.violations.clear()
    return {"reset": True}


def _edit(playlist: Playlist, body: dict[str, Any]) -> None:
    """Local files and episodes may be among the items: a DJ can add them, an app cannot."""
    added_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    with writing():
        playlist.name = body.get("name", playlist.name)
        playlist.description = body.get("description", playlist.description)
        playlist.in_library = body.get("in_library", playlist.in_library)
        if "items" in body:
            playlist.items = [[uri, added_at] for uri in body["items"]]
        playlist.record_change()


def _week(values: dict[str, Any]) -> Week:
    year, number = int(values["year"]), int(values["week"])
    date.fromisocalendar(year, number, 1)
    return Week(genres()[int(values["genre_id"])], year, number)

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone

GetResponse = Callable[[HttpRequest], HttpResponse]


def local_time(get_response: GetResponse) -> GetResponse:
    """Times on a page are those of the DJ who looks at it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(request.user.preferences.zone):
            return get_response(request)

    return middleware


def login_for_fragments(get_response: GetResponse) -> GetResponse:
    """A fragment cannot follow the redirect to the login: it is told 401, and the page says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        location = answer.headers.get("Location", "")
        if "HX-Request" in request.headers and location.startswith(resolve_url(settings.LOGIN_URL)):
            return HttpResponse(status=401)
        return answer

    return middleware

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
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

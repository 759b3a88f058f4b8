"""What every answer tells browsers beside its content security policy."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def permissions_policy(get_response: GetResponse) -> GetResponse:
    """No page needs a camera, a place or a payment; the player may play."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        answer["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return answer

    return middleware

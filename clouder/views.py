import sys
from http import HTTPStatus
from urllib.parse import quote

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from accounts.staff import staff_only
from clouder.going import HEIGHT, HOURS, STEP, Going

SOON = 5  # seconds
NO_DATABASE = (
    "Clouder's database does not answer. What was decided before is kept; try again in a moment."
)


@never_cache
@require_safe
@staff_only
def status(request: HttpRequest) -> HttpResponse:
    context = {
        "room": "status",
        "going": Going(timezone.now()),
        "chart": {"width": STEP * HOURS, "height": HEIGHT, "bar": STEP - 2, "hours": HOURS},
    }
    return render(request, "status.html", context)


def failure(request: HttpRequest) -> HttpResponse:
    """What Django answers with while an exception is at hand. Reads nothing from the database."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    page = render_to_string("refused.html", {"sentence": NO_DATABASE})
    answer = HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
    answer["Retry-After"] = str(SOON)
    answer["X-Sentence"] = quote(NO_DATABASE)
    return answer

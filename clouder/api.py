"""The JSON API under /api/, described at /api/openapi.json and, for people, at /api/docs."""

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import AuthorizationError
from ninja.operation import Operation
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from accounts import api_tokens, trail
from accounts.models import User
from clouder import bounds, refusals
from curation.api import golden, matches, periods, styles, tracks

DESCRIPTION = """\
All that a DJ does with a week, for programs. Times are UTC, weeks are those of ISO 8601.

Every answer from 400 on is a `Refusal`: 401 without a login, 404 also for what belongs to another
DJ, 409 where the request is right but the week is closed or something else was decided, 413 for a
body that is too long, 415 for one that is not JSON, 422 with the fields that cannot be used, 429
with Retry-After for writes that follow too fast.
"""


class Token(HttpBearer):
    """A personal token, made in the settings."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = api_tokens.authenticate(token)
        if user:
            request.user = user
            trail.note(user=user.pk)
        return user


class Session(APIKeyCookie):
    """The login of the pages. Writing wants the CSRF token in X-CSRFToken."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)  # asked below: who is not logged in is told that first

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = request.user
        if not isinstance(user, User) or "Authorization" in request.headers:
            return None
        if check_csrf(request):
            raise AuthorizationError
        return user


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = Api(
    title="Clouder API",
    version="1",
    description=DESCRIPTION,
    auth=[Token(), Session()],
    throttle=[bounds.Writes()],
    urls_namespace="api",
)
refusals.take_over(api)
for noun in (styles, periods, tracks, golden, matches):
    api.add_router("", noun.router)

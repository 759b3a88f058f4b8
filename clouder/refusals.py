"""How the API says no: one shape (`curation.api.answers.Refusal`) for every answer from 400 on."""

from collections.abc import Callable, Iterable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError

from clouder import bounds
from curation.api.answers import Refusal, WrongField
from curation.errors import Conflict, Invalid

API = "/api/"
SENTENCES = {
    400: "The body is not JSON.",
    401: "Log in, or send a personal token: Authorization: Bearer <token>.",
    403: "Send the CSRF token of your session as X-CSRFToken, or use a personal token.",
    404: "There is no such thing, or it belongs to another DJ.",
    405: "This address does not take that method.",
    413: "That is more than Clouder takes at once.",
    415: "Send JSON, and say so: Content-Type: application/json.",
    422: "Something in the request cannot be used.",
    429: "That was more than Clouder takes from one DJ. Wait a moment; Retry-After says how long.",
    500: "Clouder could not do that.",
    503: "Clouder's database does not answer. Send the same again in a moment.",
}
# Where pydantic's own words are about Python.
WORDS = {"model_type": "Send a JSON object.", "missing": "This is needed."}

GetResponse = Callable[[HttpRequest], HttpResponse]


def refusal(status: int, detail: str = "", errors: Iterable[WrongField] = ()) -> HttpResponse:
    detail = detail or SENTENCES.get(status) or f"{HTTPStatus(status).phrase}."
    answer = JsonResponse(Refusal(detail=detail, errors=list(errors)).model_dump(), status=status)
    answer["Content-Length"] = str(len(answer.content))
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def in_json(get_response: GetResponse) -> GetResponse:
    """Whatever refuses something under /api/, an unknown address or a failure, does so in JSON.

    HEAD is answered as GET is; the server leaves the body out.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API):
            return get_response(request)
        if brings_something_else(request):
            return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        answer = as_if_read(request, get_response)
        return answer if answer.status_code < 400 or is_json(answer) else rewritten(answer)

    return middleware


def as_if_read(request: HttpRequest, get_response: GetResponse) -> HttpResponse:
    asked = request.method
    request.method = "GET" if asked == "HEAD" else asked
    try:
        return get_response(request)
    finally:
        request.method = asked


def brings_something_else(request: HttpRequest) -> bool:
    """A body that is not JSON; a form from another site, for one."""
    has_body = request.headers.get("Content-Length", "0") not in ("", "0")
    return has_body and request.content_type != "application/json"


def is_json(answer: HttpResponse) -> bool:
    return answer.headers.get("Content-Type", "").startswith("application/json")


def rewritten(answer: HttpResponse) -> HttpResponse:
    said = refusal(answer.status_code)
    for name in ("Allow", "Retry-After"):
        if name in answer.headers:
            said[name] = answer.headers[name]
    return said


def take_over(api: NinjaAPI) -> None:
    """What verbs raise is answered in our shape."""
    api.add_exception_handler(Http404, lambda request, _: refusal(404))
    api.add_exception_handler(HttpError, answer_status)
    api.add_exception_handler(Throttled, answer_throttled)
    api.add_exception_handler(Conflict, lambda request, error: refusal(409, str(error)))
    api.add_exception_handler(Invalid, answer_invalid)
    api.add_exception_handler(ValidationError, answer_misfits)


def answer_status(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    return refusal(error.status_code)


def answer_throttled(request: HttpRequest, error: Throttled | type[Throttled]) -> HttpResponse:
    assert isinstance(error, Throttled)
    said = refusal(429)
    said["Retry-After"] = str(bounds.whole(error.wait))
    return said


def answer_invalid(request: HttpRequest, error: Invalid | type[Invalid]) -> HttpResponse:
    assert isinstance(error, Invalid)
    return refusal(422, error.message, [WrongField(field=error.field, message=error.message)])


def answer_misfits(
    request: HttpRequest, error: ValidationError | type[ValidationError]
) -> HttpResponse:
    """What the schema refuses, one sentence a field."""
    assert isinstance(error, ValidationError)
    found: dict[str, str] = {}
    for misfit in error.errors:
        found.setdefault(field_of(misfit["loc"]), sentence(misfit))
    errors = [WrongField(field=field, message=message) for field, message in found.items()]
    return refusal(422, errors=errors)


def field_of(place: tuple[str | int, ...]) -> str:
    """Of ("query", "limit") the limit, of ("body", "asked", "name") the name."""
    inner = place[2:] if place[0] == "body" else place[1:]
    return str(inner[0]) if inner else "body"


def sentence(misfit: dict[str, str]) -> str:
    return WORDS.get(misfit["type"]) or f"{misfit['msg']}."

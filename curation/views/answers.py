"""How pages answer when a domain function refuses."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from curation.errors import Conflict


def conflict(request: HttpRequest, refusal: Conflict, *, back: str) -> HttpResponse:
    """409 with the sentence: a small page, and for htmx a header that site.js shows."""
    answer = render(
        request, "curation/conflict.html", {"sentence": str(refusal), "back": back}, status=409
    )
    answer["X-Sentence"] = quote(str(refusal))
    return answer


class SeeOther(HttpResponseRedirect):
    """After a form was taken: look there, with GET."""

    status_code = 303

"""Why a login did not work, as a page with a way on."""

import logging
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.errors import (
    NeedsReconnect,
    NotAllowed,
    PremiumRequired,
    QuotaExceeded,
    RateLimited,
    Refused,
    SpotifyError,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    title: str
    sentence: str
    status: int
    asks_again: bool = False  # another account, or another answer, may help


CANCELLED = Problem(
    "You said no.",
    "Spotify was told not to connect. Clouder needs its playlists there to work for you.",
    status=403,
    asks_again=True,
)
LOST_TRACK = Problem(
    "Start once more.",
    "This login was begun in another window, or more than ten minutes ago.",
    status=400,
)
TOO_LATE = Problem(
    "Start once more.", "Spotify does not accept this login any more; it may be too old.", 400
)
NO_LOGIN = Problem(
    "Spotify did not finish.", "It sent you back without a login. Nothing was changed.", 502
)
NO_ANSWER = Problem(
    "Spotify does not answer.",
    "It could not be reached, or its answer made no sense. Nothing was changed.",
    status=502,
)
NOT_LISTED = Problem(
    "Spotify knows you, but not here.",
    "The owner of this Clouder has to add your account to the app's users in Spotify's developer "
    "dashboard. Or log in with another account.",
    status=403,
    asks_again=True,
)
NO_PREMIUM = Problem("The owner's Premium has ended.", PremiumRequired.sentence, status=403)
WRONG_KEYS = Problem(
    "Spotify does not accept this Clouder.",
    "Its owner has to check the client id, the secret and the redirect address.",
    status=502,
)
CLOSED_ACCOUNT = Problem(
    "This account is switched off.", "The owner of this Clouder can switch it on again.", 403
)


def problem_of(error: SpotifyError) -> Problem:
    match error:
        case NotAllowed():
            return NOT_LISTED
        case PremiumRequired():
            return NO_PREMIUM
        case NeedsReconnect():
            return TOO_LATE
        case Refused():
            return WRONG_KEYS
        case QuotaExceeded() | RateLimited():
            return Problem("Spotify asks for a break.", str(error), status=503)
    return NO_ANSWER


def show_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    logger.warning("A login ended with: %s", problem.title)
    page = {"problem": problem}
    return render(request, "accounts/login_problem.html", page, status=problem.status)

"""What the bar of every page shows. A fragment that does not draw the bar asks nothing."""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from catalog.models import SpotifyMatch
from curation import sync
from curation.models import CurationPeriod, CurationTrack
from ingestion import credentials


@dataclass(frozen=True)
class TopBar:
    doubtful: int
    sync: sync.Sync

    @classmethod
    def of(cls, user: User) -> "TopBar":
        return cls(doubtful=doubtful_matches(user), sync=sync.of_user(user))


def topbar(request: HttpRequest) -> dict[str, object]:
    user = getattr(request, "user", None)
    shown: dict[str, object] = {"uses_sandbox": settings.USES_SANDBOX}
    if user is not None and user.is_authenticated:
        shown["topbar"] = SimpleLazyObject(partial(TopBar.of, user))
        if user.is_staff:
            shown["beatport_is_lost"] = SimpleLazyObject(credentials.needs_a_person)
    return shown


def doubtful_matches(user: User) -> int:
    """Tracks of the DJ's open weeks that wait for a decision about their match."""
    waiting = CurationTrack.objects.filter(
        curation_period__user=user, track__match__state=SpotifyMatch.State.REVIEW
    )
    return (
        waiting.exclude(curation_period__status=CurationPeriod.Status.CLOSED)
        .values("track")
        .distinct()
        .count()
    )

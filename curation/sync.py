"""What the pages say about Spotify: a dot and a few words for a DJ and for each playlist."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts import quota
from accounts.models import SpotifyCredential, User
from curation import asks, links
from curation.models import MirroredPlaylist

NOTHING_YET = "appears with its first track"
State = MirroredPlaylist.State
STOPPED_WORDS = {
    State.OFF: "taken off Spotify",
    State.MISSING: "gone in Spotify",
    State.STOPPED: "no longer sent",
    State.FULL: "full: Spotify takes no more",
    State.LEFT: "left out, by your settings",
}


@dataclass(frozen=True)
class Sync:
    """`state` is drawn: in-step, waiting, sending, closed, or empty for nothing there yet."""

    state: str
    words: str
    short: str = ""
    url: str = ""  # where it can be opened in Spotify, or set right
    lost: int | None = None  # the id of a playlist that can be made again
    kept: int | None = None  # the id of a playlist that can be left alone


@dataclass(frozen=True)
class Calls:
    """One bucket of the day's requests."""

    words: str
    used: int
    cap: int
    opens_at: datetime | None  # when it is used up


def calls() -> list[Calls]:
    named = {"search": "Searches", "write": "Playlist writes"}
    return [
        Calls(words, quota.used(bucket), settings.SPOTIFY_QUOTA[bucket], quota.opens_at(bucket))
        for bucket, words in named.items()
    ]


def is_connected(user: User) -> bool:
    credential: SpotifyCredential | None = getattr(user, "spotify", None)
    return credential is not None and credential.is_ok


def of_user(user: User) -> Sync:
    """The line in the bar of every page; one query, and one for the credential."""
    ask = asks.of_user(user)
    if ask and ask.stops:
        return of_ask("closed", ask)
    now = timezone.now()
    waits = Q(wanted__gt=F("sent"), state__in=MirroredPlaylist.SENDING_STATES)
    is_paused = waits & Q(retry_at__gt=now)
    found = MirroredPlaylist.objects.filter(user=user).aggregate(
        sending=Count("pk", filter=Q(claimed_until__gt=now)),
        waiting=Count("pk", filter=waits),
        paused=Count("pk", filter=is_paused),
        due_at=Min("due_at", filter=waits),
        resumes_at=Min("retry_at", filter=is_paused),
        sent_at=Max("sent_at"),
    )
    waiting = found["waiting"]
    if found["sending"]:
        return Sync("sending", f"Spotify: sending {playlists(found['sending'])}", "Sending")
    if ask and ask.presses:
        return of_ask("waiting", ask)
    if waiting and found["paused"] == waiting:
        resumes = clock(found["resumes_at"])
        return Sync("closed", f"Spotify: paused until {resumes}", f"Paused to {resumes}")
    if waiting:
        wait = "wait" if waiting > 1 else "waits"
        soon = countdown(found["due_at"], now)
        return Sync("waiting", f"Spotify: {playlists(waiting)} {wait}, {soon}", f"{waiting} {wait}")
    if ask:
        return of_ask("waiting", ask)
    if found["sent_at"] is None:
        return Sync("", "Spotify: nothing sent yet", "Nothing sent")
    return Sync("in-step", f"Spotify in step, {clock(found['sent_at'])}", "In step")


def of_ask(state: str, ask: asks.Ask) -> Sync:
    return Sync(state, ask.bar, ask.short, url=f"{reverse('settings')}#spotify")


def of_playlist(mirrored: MirroredPlaylist | None, *, connected: bool, now: datetime) -> Sync:
    """One playlist of a week, or a Golden one; None stands for one never prepared."""
    if mirrored is None:
        return Sync("", NOTHING_YET)
    state, words = state_and_words(mirrored, connected=connected, now=now)
    is_lost = mirrored.state in (State.MISSING, State.STOPPED)
    is_kept = mirrored.spotify_id and not is_lost and mirrored.state != State.LEFT
    return Sync(
        state,
        words,
        url=links.of_playlist(mirrored),
        lost=mirrored.pk if is_lost else None,
        kept=mirrored.pk if is_kept else None,
    )


def state_and_words(
    mirrored: MirroredPlaylist, *, connected: bool, now: datetime
) -> tuple[str, str]:
    if mirrored.state in (State.MISSING, State.STOPPED, State.FULL):
        return "closed", STOPPED_WORDS[State(mirrored.state)]
    if mirrored.state == State.LEFT:
        return "", STOPPED_WORDS[State.LEFT]
    if mirrored.is_waiting:
        return waiting_words(mirrored, connected=connected, now=now)
    if mirrored.state == State.OFF:
        return "", STOPPED_WORDS[State.OFF]
    if not mirrored.spotify_id:
        return "", NOTHING_YET
    return "in-step", f"in step, {clock(mirrored.sent_at)}" if mirrored.sent_at else "in step"


def waiting_words(mirrored: MirroredPlaylist, *, connected: bool, now: datetime) -> tuple[str, str]:
    if mirrored.claimed_until and mirrored.claimed_until > now:
        return "sending", "sending now"
    if not connected:
        return "closed", "waits for Spotify: reconnect"
    if mirrored.retry_at is None or mirrored.retry_at <= now:
        return "waiting", countdown(mirrored.due_at, now)
    if mirrored.trouble == MirroredPlaylist.Trouble.ERROR:
        return "closed", f"no answer, again at {clock(mirrored.retry_at)}"
    return "closed", f"paused until {clock(mirrored.retry_at)}"


def playlists(count: int) -> str:
    return f"{count} playlist" if count == 1 else f"{count} playlists"


def clock(moment: datetime) -> str:
    """18:01 today, else 12 Nov."""
    local = timezone.localtime(moment)
    if abs(moment - timezone.now()) < timedelta(hours=18):
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}"


def countdown(due_at: datetime | None, now: datetime) -> str:
    if due_at is None or due_at <= now:
        return "sent in a moment"
    if due_at - now > timedelta(hours=1):
        return f"sent at {clock(due_at)}"
    minutes, seconds = divmod(round((due_at - now).total_seconds()), 60)
    return f"sent in {minutes}:{seconds:02}"

"""A playlist that the DJ has in Spotify already becomes the Golden one of a category.

Its name and the rows in it stay the DJ's; what is promoted from now on comes after them.
"""

import re

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.gateway import Gateway, Gone, NotAllowed, Purpose, SpotifyError, SpotifyPlaylist
from curation import tasks
from curation.errors import Invalid
from curation.mirror import desired
from curation.models import MirroredPlaylist, UserCategory

PLAYLIST = re.compile(r"(?:^|playlist[:/])([0-9A-Za-z]{22})(?:[/?#].*)?$")


def adopt(category: UserCategory, link: str) -> MirroredPlaylist:
    """From a link or uri of a playlist. What was the Golden playlist stays in Spotify as it is.

    Raises Invalid with a sentence for what is no playlist, not the DJ's, or used already.
    """
    playlist_id = id_in(link)
    if MirroredPlaylist.objects.filter(spotify_id=playlist_id).exists():
        raise Invalid("link", "Clouder fills that playlist already. Choose another one.")
    found = look_at(category, playlist_id)
    try:
        return put_in_place(category, found)
    except IntegrityError:
        raise Invalid("link", "Clouder fills that playlist already. Choose another one.") from None


def id_in(link: str) -> str:
    found = PLAYLIST.search(link.strip())
    if found is None:
        raise Invalid(
            "link",
            "Paste the link of a playlist: in Spotify, Share and then Copy link to playlist.",
        )
    return found[1]


def look_at(category: UserCategory, playlist_id: str) -> SpotifyPlaylist:
    """Only the owner and collaborators may read the rows."""
    try:
        gateway = Gateway.of(category.user, Purpose.PLAYLISTS)
        gateway.playlist_items(playlist_id)
        return gateway.playlist(playlist_id)
    except Gone:
        raise Invalid("link", "Spotify has no such playlist.") from None
    except NotAllowed as refusal:
        if not category.user.spotify.is_ok:
            raise Invalid("link", str(refusal)) from None
        raise Invalid("link", "That playlist belongs to somebody else.") from None
    except SpotifyError as error:
        raise Invalid("link", str(error)) from None


@transaction.atomic
def put_in_place(category: UserCategory, found: SpotifyPlaylist) -> MirroredPlaylist:
    MirroredPlaylist.objects.filter(user_category=category).delete()
    adopted = MirroredPlaylist.objects.create(
        user=category.user,
        layer=MirroredPlaylist.Layer.GOLDEN,
        user_category=category,
        spotify_id=found.id,
        name=found.name[: desired.NAME_LENGTH],
        is_adopted=True,
        must_read=True,
        seen_at=timezone.now(),
        wanted=1,
        due_at=timezone.now(),
    )
    tasks.send_playlist.delay_on_commit(playlist_id=adopted.pk)
    return adopted

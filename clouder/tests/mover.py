"""In a process of its own: moves tracks from playlist to playlist, on and on."""

import itertools

import django


def main() -> None:
    django.setup()
    from curation import moves
    from curation.models import CurationTrack

    for track in itertools.cycle(list(CurationTrack.objects.order_by("pk"))):
        now = moves.as_it_is_now(track)
        others = now.curation_period.playlists.exclude(pk=now.current_silver_playlist_id)
        moves.move_track(user=now.curation_period.user, track=now, to=others[0])


if __name__ == "__main__":
    main()

from celery import shared_task

from curation import mirror, periods, routine


@shared_task
def fetch_new_weeks(*, hours: float = routine.HOURS) -> None:
    routine.fetch_new_weeks(hours=hours)


@shared_task
def read_again(*, weeks: int = routine.WEEKS, hours: float = routine.HOURS) -> None:
    routine.read_again(weeks=weeks, hours=hours)


@shared_task
def send_playlist(*, playlist_id: int) -> None:
    mirror.send(playlist_id)


@shared_task
def send_waiting(*, user_id: int | None = None) -> None:
    """One DJ's playlists, or everybody's."""
    mirror.send_due(user_id=user_id)


@shared_task
def sweep() -> None:
    periods.sweep()
    mirror.follow_wishes()
    mirror.mark_rested()
    mirror.forget_disconnected()


@shared_task
def look_for_deleted() -> None:
    """And for what else was done to a DJ's playlists in Spotify."""
    mirror.look_around()

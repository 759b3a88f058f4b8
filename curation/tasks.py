from celery import shared_task

from curation import mirror, periods


@shared_task
def send_playlist(*, playlist_id: int) -> None:
    mirror.send(playlist_id)


@shared_task
def send_waiting(*, user_id: int) -> None:
    mirror.send_due(user_id=user_id)


@shared_task
def sweep() -> None:
    periods.sweep()
    mirror.send_due()
    mirror.look_for_deleted()

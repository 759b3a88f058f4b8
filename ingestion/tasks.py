"""What workers do. Every task may run twice, or be lost: what must happen is in the rows."""

from celery import shared_task

from ingestion import connection, expiry, runs, search


@shared_task
def carry_out_run(*, run_id: int) -> None:
    runs.carry_out(run_id)


@shared_task
def match() -> None:
    """A share of the errand that no worker is long busy with; then somebody goes on."""
    tally = search.look_up()
    if tally.due and tally.looked_up and not tally.error:
        match.delay_on_commit()


@shared_task
def sweep() -> None:
    runs.sweep()


@shared_task
def renew_token() -> None:
    connection.keep_alive()


@shared_task
def forget_expired() -> None:
    expiry.forget()

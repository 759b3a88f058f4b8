"""What workers do. Every task may run twice, or be lost: what must happen is in the rows."""

from celery import shared_task

from ingestion import runs


@shared_task
def carry_out_run(*, run_id: int) -> None:
    runs.carry_out(run_id)


@shared_task
def sweep() -> None:
    runs.sweep()

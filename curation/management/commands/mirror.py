import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Min
from django.utils import timezone

from curation import mirror
from curation.models import MirroredPlaylist, MirroredPlaylistQuerySet
from ingestion.progress_bar import ProgressBar

PATIENCE = 15  # seconds; a doubt is settled within, a quota is not
ROUND = 2  # seconds of sending between two lines of progress


class Command(BaseCommand):
    help = "Sends to Spotify what is due; with --now everything that waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="do not wait for the delay")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["now"]:
            MirroredPlaylist.objects.waiting().update(due_at=now, retry_at=None)
        due = MirroredPlaylist.objects.waiting().filter(due_at__lte=now)
        asked = MirroredPlaylist.objects.filter(pk__in=list(due.values_list("pk", flat=True)))
        self.send(asked)
        self.report(asked, as_json=options["json"])
        if asked.waiting().exists():
            sys.exit(1)

    def send(self, asked: MirroredPlaylistQuerySet) -> None:
        count = asked.count()
        bar = ProgressBar(self.stderr)
        while (wait := seconds_to_wait(asked)) is not None:
            time.sleep(wait)
            mirror.send_due(seconds=ROUND)
            bar.show(count - asked.waiting().count(), count, "playlists")
        bar.end()

    def report(self, asked: MirroredPlaylistQuerySet, *, as_json: bool) -> None:
        left = list(asked.waiting().order_by("pk"))
        sent = asked.count() - len(left)
        if as_json:
            waiting = [
                {"playlist": str(row), "retry_at": row.retry_at, "error": row.error} for row in left
            ]
            summary = {"sent": sent, "left": len(left), "waiting": waiting}
            self.stdout.write(json.dumps(summary, default=str))
            return
        self.stdout.write(f"{sent} playlists sent, {len(left)} left.")
        for row in left:
            self.stdout.write(f"{row}: {row.error or 'not sent yet'}")


def seconds_to_wait(asked: MirroredPlaylistQuerySet) -> float | None:
    """Until the next of them can be sent; None when all are, or only the long waits are left."""
    now = timezone.now()
    waiting = asked.waiting()
    if waiting.due(now).exists():
        return 0
    times = waiting.aggregate(retry=Min("retry_at"), free=Min("claimed_until"))
    seconds = [(time - now).total_seconds() for time in times.values() if time and time > now]
    return min(seconds) if seconds and min(seconds) < PATIENCE else None

"""Clouder's own Celery app in a process whose clock a test moves.

`celery -A clouder.tests.moved_clock beat`: the file CLOCK_FILE holds the moment to go on from. It
may be written again and again; that it was read stands in the log.
"""

import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import time_machine

CLOCK = Path(os.environ["CLOCK_FILE"])
ELSEWHEN = time_machine.travel(datetime.fromisoformat(CLOCK.read_text()), tick=True).start()


def follow() -> None:
    known = ""
    while True:
        if (moment := CLOCK.read_text()) not in ("", known):
            ELSEWHEN.move_to(datetime.fromisoformat(moment))
            print(f"It is {datetime.now(UTC):%Y-%m-%d %H:%M}", file=sys.stderr, flush=True)
            known = moment
        time.sleep(0.02)


from clouder.celery import app  # noqa: E402, F401

threading.Thread(target=follow, daemon=True).start()

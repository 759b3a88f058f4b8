"""Import of saved files: a web page, its data, or the API's JSON; also gzipped.

A file is kept as the first raw page of its run, so a worker elsewhere can carry the run out.
"""

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from ingestion import envelopes, runs
from ingestion.models import IngestRun, RawPage
from ingestion.sources import WHOLE_FILE

GZIP = b"\x1f\x8b"


def import_files(
    paths: Iterable[Path], *, on_page: Callable[[IngestRun], None] | None = None
) -> list[IngestRun]:
    """One finished run for each file."""
    done = []
    for path in paths:
        with path.open("rb") as file:
            run = _keep(path.name, file)
        done.append(runs.carry_to_end(run.pk, on_page=on_page))
    return done


def accept(name: str, file: BinaryIO) -> IngestRun:
    """For an upload: the file is kept, a worker reads it."""
    run = _keep(name, file)
    runs.nudge(run)
    return run


@transaction.atomic
def _keep(name: str, file: BinaryIO) -> IngestRun:
    """One byte more than may be: that is enough to be refused later, with a reason."""
    body = file.read(envelopes.LARGEST_DOCUMENT + 1)
    run = IngestRun.objects.create(source=IngestRun.Source.FILE, file_name=name[-255:])
    packed = body if body.startswith(GZIP) else gzip.compress(body)
    RawPage.objects.create(run=run, number=WHOLE_FILE, body=packed)
    return run

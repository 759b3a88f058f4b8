"""Import of saved files: a web page, its data, or the API's JSON; also gzipped.

A file is kept as the first raw page of its run, so a worker elsewhere can carry the run out.
"""

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path

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
        with path.open("rb") as file:  # a byte more than may be is refused later, with a reason
            run = keep(path.name, file.read(envelopes.LARGEST_DOCUMENT + 1))
        done.append(runs.carry_to_end(run.pk, on_page=on_page))
    return done


@transaction.atomic
def keep(name: str, body: bytes) -> IngestRun:
    """A run that waits for somebody to carry it out."""
    run = IngestRun.objects.create(source=IngestRun.Source.FILE, file_name=name[-255:])
    packed = body if body.startswith(GZIP) else gzip.compress(body)
    RawPage.objects.create(run=run, number=WHOLE_FILE, body=packed)
    return run

import tempfile
from contextlib import ExitStack

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import DjRequest
from curation import export


@require_safe
@login_required
def download(request: DjRequest) -> FileResponse:
    """Packed on disk first, so that what breaks is an error and never half a file."""
    with ExitStack() as unfinished:
        file = unfinished.enter_context(tempfile.TemporaryFile())
        export.pack(request.user, file)
        unfinished.pop_all()  # from here on the answer closes it
    file.seek(0)
    name = f"clouder-{timezone.localdate().isoformat()}.zip"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "no-store"
    return answer

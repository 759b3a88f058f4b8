"""The page where staff uploads saved files, sees what they would bring, and imports them."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import DjRequest
from accounts.staff import staff_with
from ingestion import uploads as kept
from ingestion.forms import UploadForm
from ingestion.models import IngestRun
from ingestion.views import UPLOAD

SHOWN_FOR = timedelta(days=1)
SHOWN_RUNS = 20

uploading = staff_with(UPLOAD)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@uploading
def uploads(request: DjRequest) -> HttpResponse:
    if request.htmx:
        return render(request, "ingestion/uploads.html#imports", imports())
    if request.method != "POST":
        return show(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, form, status=422)
    kept.keep(request.user, form.cleaned_data["uploads"])
    return redirect("uploads")


@require_POST
@uploading
def import_them(request: DjRequest) -> HttpResponse:
    begun = kept.import_them(request.user, chosen(request))
    if begun:
        count = len(begun)
        messages.success(request, f"{count} file{'s are' if count > 1 else ' is'} being imported.")
    else:
        messages.warning(request, "These files were imported or thrown away already.")
    return redirect("uploads")


@require_POST
@uploading
def throw_away(request: DjRequest) -> HttpResponse:
    kept.throw_away(request.user, chosen(request, "only") or chosen(request))
    return redirect("uploads")


def chosen(request: DjRequest, name: str = "upload") -> list[int]:
    """Those that the page had when it was drawn; others may have come since."""
    return [int(pk) for pk in request.POST.getlist(name) if pk.isdecimal() and len(pk) <= 18]


def show(request: DjRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    previews = kept.previews(request.user)
    page = {
        "room": "beatport",
        "form": form,
        "previews": previews,
        "readable": [one for one in previews if not one.upload.error],
        "total": kept.total(previews),
        "most_files": kept.MOST_FILES,
        "most_megabytes": kept.MOST_BYTES // 2**20,
    }
    return render(request, "ingestion/uploads.html", page | imports(), status=status)


def imports() -> dict[str, object]:
    """What was imported lately, by anybody."""
    since = timezone.now() - SHOWN_FOR
    files = IngestRun.objects.filter(source=IngestRun.Source.FILE, created_at__gt=since)
    shown = list(files.defer("absent_ids").order_by("-pk")[:SHOWN_RUNS])
    return {"imports": shown, "is_importing": any(not run.is_finished for run in shown)}

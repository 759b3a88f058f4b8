from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import DjRequest
from curation.hotkey_forms import KeysForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_keys(request: DjRequest) -> HttpResponse:
    """All keys, to be changed, switched off, or put back to ours by the button `reset`."""
    if request.method != "POST":
        return render(request, "curation/own_keys.html", page(KeysForm(request.user)))
    form = asked_for(request)
    if form.save():
        if not request.htmx:
            messages.success(request, "Saved.")
            return redirect("own_keys")
        saved = page(KeysForm(request.user)) | {"saved": True}
        return render(request, "curation/own_keys.html#keys", saved)
    part = "#keys" if request.htmx else ""
    return render(request, f"curation/own_keys.html{part}", page(form), status=422)


def asked_for(request: DjRequest) -> KeysForm:
    if "reset" in request.POST:
        is_on = "keys_enabled" in request.POST
        return KeysForm.as_proposed(request.user, keys_enabled=is_on)
    return KeysForm(request.user, request.POST.dict())


def page(form: KeysForm) -> dict[str, object]:
    return {"room": "settings", "form": form}

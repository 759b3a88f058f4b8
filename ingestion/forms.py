from datetime import timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from ingestion.cleaning import whole_number
from ingestion.envelopes import Unreadable, read_json
from ingestion.models import BeatportCredential
from ingestion.tokens import App, is_token


class SecretInput(forms.PasswordInput):
    """Typed secrets are not shown, not offered to be remembered, and never sent back."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(one, initial) for one in chosen or [None]]


class UploadForm(forms.Form):
    uploads = ManyFilesField(
        label="Files",
        allow_empty_file=True,  # of that one it is said, and the others are looked into
        help_text="Genre pages of Beatport saved in a browser, or JSON of its API; .gz as well.",
    )


class TokensForm(forms.Form):
    """Tokens as a person copies them: each by itself, or the whole JSON of Beatport's answer."""

    access_token = forms.CharField(
        label="Access token", required=False, max_length=20_000, widget=SecretInput
    )
    refresh_token = forms.CharField(
        label="Refresh token", required=False, max_length=20_000, widget=SecretInput
    )
    client_id = forms.CharField(label="Client id", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        access = cleaned.get("access_token", "")
        if access.startswith("{"):
            cleaned |= tokens_in(access)
        elif access.lower().startswith("bearer "):
            cleaned["access_token"] = access[7:].strip()
        if not self.errors and not (cleaned["access_token"] or cleaned["refresh_token"]):
            self.add_error("access_token", "Paste a token here.")
        for name in ("access_token", "refresh_token"):
            if cleaned.get(name) and not is_token(cleaned[name]):
                self.add_error(name, "This is no token: it holds spaces or other characters.")
        return cleaned

    def candidate(self) -> BeatportCredential:
        names = ("access_token", "refresh_token", "client_id")
        given = {name: self.cleaned_data[name] for name in names}
        return BeatportCredential(**given, expires_at=self.cleaned_data.get("expires_at"))


def tokens_in(answer: str) -> dict[str, Any]:
    """The tokens of a token answer of Beatport; empty ones where there are none."""
    try:
        found = read_json(answer.encode())
    except Unreadable:
        found = None
    if not isinstance(found, dict):
        found = {}
    seconds = whole_number(found.get("expires_in"), 1, 10**9)
    return {
        "access_token": str(found.get("access_token") or ""),
        "refresh_token": str(found.get("refresh_token") or ""),
        "expires_at": timezone.now() + timedelta(seconds=seconds) if seconds else None,
    }


class AppForm(forms.Form):
    """An OAuth app of the installation's own. An empty secret is the one that is stored."""

    client_id = forms.CharField(label="Client id", max_length=200)
    client_secret = forms.CharField(
        label="Client secret", required=False, max_length=1000, widget=SecretInput
    )

    def __init__(self, *args: Any, held: BeatportCredential | None, **kwargs: Any) -> None:
        kwargs = {"auto_id": "app_%s"} | kwargs  # the other form has a client id, too
        super().__init__(*args, **kwargs)
        self.held = held

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_known = self.held is not None and self.held.client_id == cleaned.get("client_id")
        if not cleaned.get("client_secret") and self.held is not None and is_known:
            cleaned["client_secret"] = self.held.client_secret
        for name in ("client_id", "client_secret"):
            if name not in self.errors and not is_token(cleaned.get(name)):
                self.add_error(name, "Copy it from Beatport: one word, without spaces.")
        return cleaned

    @property
    def app(self) -> App:
        return App(self.cleaned_data["client_id"], self.cleaned_data["client_secret"])

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from ingestion.models import BeatportCredential

SECRETS = ("client_secret", "access_token", "refresh_token")


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
        help_text="Genre pages of Beatport saved in a browser, or JSON of its API; .gz as well.",
    )


class CredentialForm(forms.ModelForm):
    """Secrets go in and never come out: an empty field leaves what is there."""

    class Meta:
        model = BeatportCredential
        fields = ["client_id", *SECRETS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            is_set = bool(getattr(self.instance, name))
            self.fields[name] = forms.CharField(
                required=False,
                strip=True,
                widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
                help_text="Set. Leave empty to keep it." if is_set else "",
            )
            self.initial[name] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in SECRETS:
            cleaned[name] = cleaned.get(name) or getattr(self.instance, name)
        return cleaned

    def save(self, commit: bool = True) -> BeatportCredential:
        """New tokens are believed until Beatport says otherwise; their end is not known."""
        if {"access_token", "refresh_token"} & set(self.changed_data):
            self.instance.status = BeatportCredential.Status.OK
            self.instance.way = BeatportCredential.Way.TOKENS
            self.instance.connected_at = timezone.now()
            self.instance.expires_at = None
        return super().save(commit)

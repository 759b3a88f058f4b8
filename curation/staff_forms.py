"""Forms of the admin pages."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from curation import fetching, periods
from curation.errors import Invalid
from curation.models import Style
from curation.weeks import Week, last_full_week
from ingestion.models import IngestRun


class FetchForm(forms.Form):
    """Staff choose styles and a week; by default the last full one where they are."""

    styles = forms.ModelMultipleChoiceField(
        Style.objects.order_by("position", "name"),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one style."},
    )
    year = forms.IntegerField(min_value=1, max_value=9999)
    week = forms.IntegerField(min_value=1, max_value=53)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        latest = last_full_week(now=timezone.now(), zone=user.preferences.zone)
        self.initial = {"year": latest.year, "week": latest.number, **self.initial}
        self.fields["week"].help_text = f"The last full week is {in_words(latest)}."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "year" in cleaned and "week" in cleaned:
            try:
                periods.check_week(self.user, cleaned["year"], cleaned["week"])
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        without = [str(style) for style in cleaned.get("styles", ()) if not style.genres.exists()]
        if without:
            self.add_error("styles", f"Without genres: {', '.join(without)}.")
        return cleaned

    def fetch(self) -> dict[Style, list[IngestRun]]:
        year, week = self.cleaned_data["year"], self.cleaned_data["week"]
        return {
            style: fetching.fetch_week(style, year=year, week=week)
            for style in self.cleaned_data["styles"]
        }


def in_words(week: Week) -> str:
    first, last = week.first_day, week.last_day
    return f"week {week.number} of {week.year}, {first.day} {first:%B} to {last.day} {last:%B}"

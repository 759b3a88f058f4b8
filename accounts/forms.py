import uuid
from functools import cache
from typing import Any, cast

from django import forms

from accounts import api_tokens
from accounts.models import ApiToken, Preferences, User, zone_names


@cache
def zones() -> list[tuple[str, str]]:
    """Places as people know them; the short technical names are left out."""
    places = sorted(name for name in zone_names() if is_place(name))
    return [(name, name.replace("_", " ")) for name in ["UTC", *places]]


def is_place(name: str) -> bool:
    area, _, place = name.partition("/")
    return bool(place) and area not in {"Etc", "SystemV", "US", "posix", "right"}


# Of a week with 400 tracks and six categories, forty tracks promoted; a test measures them.
CALLS_A_WEEK = {"bronze": 8, "silver": 21, "golden": 12}
LAYER_COSTS = {
    "bronze": "What is still to be heard: "
    f"about {CALLS_A_WEEK['bronze']} calls for a week of 400 tracks.",
    "silver": f"A playlist for each category and week: "
    f"about {CALLS_A_WEEK['silver']} with six categories.",
    "golden": "What you keep for good: "
    f"about {CALLS_A_WEEK['golden']} in the first week, then one for each category promoted to.",
}


class PreferencesForm(forms.ModelForm):
    timezone = forms.ChoiceField(choices=zones, label="Time zone")

    class Meta:
        model = Preferences
        fields = [
            "timezone",
            "theme",
            "start_at_percent",
            "autoplay",
            "keys_enabled",
            "leaves_out_golden",
            "mirrors_bronze",
            "mirrors_silver",
            "mirrors_golden",
            "mirrors_edits",
        ]
        labels = {
            "start_at_percent": "Start each track at, %",
            "autoplay": "Play the next track by itself",
            "keys_enabled": "Keys of the desk",
            "leaves_out_golden": "Leave out what is already in Golden",
            "mirrors_bronze": "Bronze",
            "mirrors_silver": "Silver",
            "mirrors_golden": "Golden",
            "mirrors_edits": "Other edits go to the playlists",
        }
        help_texts = {f"mirrors_{layer}": words for layer, words in LAYER_COSTS.items()} | {
            "mirrors_edits": "Such as a radio edit where Beatport sells the long version. Without "
            "them your playlists leave these tracks out; here nothing changes. Each playlist that "
            "holds some follows in about one call.",
        }
        widgets = {"theme": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.keep_known_zone(self.instance.timezone)

    def layers(self) -> list[forms.BoundField]:
        return [self[f"mirrors_{layer}"] for layer in LAYER_COSTS]

    def keep_known_zone(self, name: str) -> None:
        """Staff may have set one that is not in our list."""
        field = cast(forms.ChoiceField, self.fields["timezone"])
        if name in zone_names() and name not in dict(zones()):
            field.choices = [(name, name), *zones()]


class ApiTokenForm(forms.Form):
    name = forms.CharField(
        max_length=ApiToken._meta.get_field("name").max_length,
        error_messages={"required": "Name it, so that you know later what uses it."},
    )
    form_id = forms.UUIDField(required=False, initial=uuid.uuid4)

    def make(self, user: User) -> str:
        """The new token, or nothing and a sentence beside the name."""
        if not self.is_valid():
            return ""
        try:
            return api_tokens.make(user, **self.cleaned_data)[1]
        except forms.ValidationError as refusal:
            self.add_error("name", refusal)
            return ""

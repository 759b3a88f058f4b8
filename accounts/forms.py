from django import forms

from accounts.models import Preferences, zone_names


def zones() -> list[tuple[str, str]]:
    """Places as people know them; the short technical names are left out."""
    places = sorted(name for name in zone_names() if is_place(name))
    return [(name, name.replace("_", " ")) for name in ["UTC", *places]]


def is_place(name: str) -> bool:
    area, _, place = name.partition("/")
    return bool(place) and area not in {"Etc", "SystemV", "US", "posix", "right"}


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
        ]
        labels = {
            "start_at_percent": "Start each track at, %",
            "autoplay": "Play the next track by itself",
            "keys_enabled": "Keys of the desk",
            "leaves_out_golden": "Leave out what is already in Golden",
        }
        widgets = {"theme": forms.RadioSelect}

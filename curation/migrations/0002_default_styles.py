from django.db import migrations

# What DJs call a style, by the ids of Beatport's genres. Only a start: admins change it.
STYLES = [
    ("Techno", "techno", [6, 92]),
    ("Hard Techno", "hard-techno", [2]),
    ("Melodic House & Techno", "melodic-house-techno", [90]),
    ("Tech House", "tech-house", [11]),
    ("House", "house", [5, 81, 97]),
    ("Deep House", "deep-house", [12, 93]),
    ("Afro House", "afro-house", [89]),
    ("Amapiano", "amapiano", [98]),
    ("Minimal & Deep Tech", "minimal-deep-tech", [14]),
    ("Progressive House", "progressive-house", [15]),
    ("Trance", "trance", [7, 99]),
    ("Indie Dance & Disco", "indie-dance-disco", [37, 50]),
    ("Drum & Bass", "drum-bass", [1]),
    ("Dubstep & 140", "dubstep-140", [18, 95]),
    ("UK Garage & Breaks", "uk-garage-breaks", [86, 9]),
    ("Electro", "electro", [94]),
    ("Electronica", "electronica", [3, 63]),
]


def add_styles(apps, schema_editor):
    Genre = apps.get_model("catalog", "Genre")
    Style = apps.get_model("curation", "Style")
    for position, (name, slug, genres) in enumerate(STYLES):
        style, is_new = Style.objects.get_or_create(
            slug=slug, defaults={"name": name, "position": position}
        )
        if is_new:
            style.genres.set(Genre.objects.filter(beatport_id__in=genres))


class Migration(migrations.Migration):
    dependencies = [
        ("curation", "0001_initial"),
        ("catalog", "0002_beatport_genres"),
    ]

    operations = [migrations.RunPython(add_styles, migrations.RunPython.noop)]

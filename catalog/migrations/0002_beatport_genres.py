from django.db import migrations

# Beatport's genres in November 2026. Names change there; ids do not.
GENRES = [
    (1, "Drum & Bass", "drum-bass"),
    (2, "Hard Techno", "hard-techno"),
    (3, "Electronica", "electronica"),
    (5, "House", "house"),
    (6, "Techno (Peak Time / Driving)", "techno-peak-time-driving"),
    (7, "Trance (Main Floor)", "trance-main-floor"),
    (8, "Hard Dance / Hardcore / Neo Rave", "hard-dance-hardcore-neo-rave"),
    (9, "Breaks / Breakbeat / UK Bass", "breaks-breakbeat-uk-bass"),
    (11, "Tech House", "tech-house"),
    (12, "Deep House", "deep-house"),
    (13, "Psy-Trance", "psy-trance"),
    (14, "Minimal / Deep Tech", "minimal-deep-tech"),
    (15, "Progressive House", "progressive-house"),
    (16, "DJ Tools / Acapellas", "dj-tools-acapellas"),
    (18, "Dubstep", "dubstep"),
    (37, "Indie Dance", "indie-dance"),
    (38, "Trap / Future Bass", "trap-future-bass"),
    (39, "Dance / Pop", "dance-pop"),
    (50, "Nu Disco / Disco", "nu-disco-disco"),
    (63, "Downtempo", "downtempo"),
    (81, "Funky House", "funky-house"),
    (85, "Bass / Club", "bass-club"),
    (86, "UK Garage / Bassline", "uk-garage-bassline"),
    (89, "Afro House", "afro-house"),
    (90, "Melodic House & Techno", "melodic-house-techno"),
    (91, "Bass House", "bass-house"),
    (92, "Techno (Raw / Deep / Hypnotic)", "techno-raw-deep-hypnotic"),
    (93, "Organic House", "organic-house"),
    (94, "Electro (Classic / Detroit / Modern)", "electro-classic-detroit-modern"),
    (95, "140 / Deep Dubstep / Grime", "140-deep-dubstep-grime"),
    (96, "Mainstage", "mainstage"),
    (97, "Jackin House", "jackin-house"),
    (98, "Amapiano", "amapiano"),
    (99, "Trance (Raw / Deep / Hypnotic)", "trance-raw-deep-hypnotic"),
    (100, "Ambient / Experimental", "ambient-experimental"),
    (101, "Brazilian Funk", "brazilian-funk"),
    (102, "African", "african"),
    (103, "Caribbean", "caribbean"),
    (104, "Country", "country"),
    (105, "Hip-Hop", "hip-hop"),
    (106, "Latin", "latin"),
    (107, "Pop", "pop"),
    (108, "R&B", "rb"),
    (109, "Rock", "rock"),
    (110, "DJ Edits", "dj-edits"),
    (111, "Latin Electronic", "latin-electronic"),
]


def add_genres(apps, schema_editor):
    Genre = apps.get_model("catalog", "Genre")
    known = set(Genre.objects.values_list("beatport_id", flat=True))
    Genre.objects.bulk_create(
        Genre(beatport_id=beatport_id, name=name, slug=slug)
        for beatport_id, name, slug in GENRES
        if beatport_id not in known
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(add_genres, migrations.RunPython.noop)]

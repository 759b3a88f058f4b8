"""Fills the new columns from what is there: recording keys, and the rows as Beatport sent them."""

from datetime import date
from itertools import groupby, islice

from django.db import migrations
from django.db.models import Count

ROWS_AT_ONCE = 500


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias
    Track = apps.get_model("catalog", "Track")
    note_digests(Track.objects.using(alias))
    mark_later_ones(Track.objects.using(alias))
    read_raw_rows(apps, alias)


def note_digests(tracks):
    """Of keys such as text:<digest>:<seconds>."""
    found = tracks.filter(recording_key__startswith="text:", text_digest="").order_by("pk")
    for batch in batches(found.only("recording_key").iterator(ROWS_AT_ONCE)):
        for track in batch:
            track.text_digest = track.recording_key.split(":")[1][:40]
        tracks.bulk_update(batch, ["text_digest"])


def mark_later_ones(tracks):
    shared = tracks.values("recording_key").annotate(many=Count("pk")).filter(many__gt=1)
    for keys in batches(shared.values_list("recording_key", flat=True).order_by().iterator()):
        found = tracks.filter(recording_key__in=keys).order_by("recording_key")
        in_order = sorted(
            found.values_list("recording_key", "published_on", "beatport_id", "pk"),
            key=lambda one: (one[0], one[1] or date.max, one[2]),
        )
        for _, same in groupby(in_order, key=lambda one: one[0]):
            later = [pk for *_, pk in list(same)[1:]]
            tracks.filter(pk__in=later).update(is_primary=False)


def read_raw_rows(apps, alias):
    Track, SubGenre = apps.get_model("catalog", "Track"), apps.get_model("catalog", "SubGenre")
    External = apps.get_model("catalog", "ExternalData")
    kept = External.objects.using(alias).filter(provider="beatport", entity_type="track")
    rows = kept.order_by("pk").values_list("entity_id", "raw").iterator(ROWS_AT_ONCE)
    sub_genres = {}
    for batch in batches(rows):
        raw = {pk: found for pk, found in batch if isinstance(found, dict)}
        tracks = list(Track.objects.using(alias).filter(pk__in=raw))
        for track in tracks:
            found = raw[track.pk]
            track.encoded_on = day(found.get("encoded_date"))
            number = sub_genre_id(found)
            if track.sub_genre_name and number:
                if number not in sub_genres:
                    sub_genres[number], _ = SubGenre.objects.using(alias).get_or_create(
                        beatport_id=number, defaults={"name": track.sub_genre_name}
                    )
                track.sub_genre = sub_genres[number]
        Track.objects.using(alias).bulk_update(tracks, ["encoded_on", "sub_genre"])


def sub_genre_id(found):
    sub_genre = found.get("sub_genre") or found.get("subgenre")
    number = sub_genre.get("id") if isinstance(sub_genre, dict) else None
    return number if type(number) is int and 0 < number < 2**31 else None


def day(text):
    try:
        return date.fromisoformat(text[:10])
    except (TypeError, ValueError):
        return None


def batches(rows):
    rows = iter(rows)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch


def write_names(apps, schema_editor):
    tracks = apps.get_model("catalog", "Track").objects.using(schema_editor.connection.alias)
    for sub_genre in apps.get_model("catalog", "SubGenre").objects.all():
        tracks.filter(sub_genre=sub_genre).update(sub_genre_name=sub_genre.name)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_sub_genres_dates_primaries")]

    operations = [migrations.RunPython(fill, write_names)]

"""Beatport's list of genres, as it is called today."""

from dataclasses import dataclass

from catalog.models import Genre
from ingestion import beatport
from ingestion.registration import register_genres


@dataclass(frozen=True)
class Refreshed:
    count: int
    new: list[str]
    renamed: list[str]

    def __str__(self) -> str:
        parts = [f"Beatport has {self.count} genres."]
        if self.new:
            parts.append(f"New: {', '.join(self.new)}.")
        if self.renamed:
            parts.append(f"Renamed: {', '.join(self.renamed)}.")
        return " ".join(parts if len(parts) > 1 else [*parts, "Nothing has changed."])


def refresh() -> Refreshed:
    """Asks Beatport and keeps what it says. None is taken away. Raises BeatportError."""
    rows = beatport.genres()
    known = dict(Genre.objects.values_list("beatport_id", "name"))
    register_genres(rows)
    return Refreshed(
        count=len(rows),
        new=[row.name for row in rows if row.beatport_id not in known],
        renamed=[
            f"{known[row.beatport_id]} is now {row.name}"
            for row in rows
            if known.get(row.beatport_id, row.name) != row.name
        ],
    )

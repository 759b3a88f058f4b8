"""How well the matching rules judge pairs that people have labelled."""

import ast
import csv
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.matching import Found, Likeness, Subject, Verdict, Wanted, judge

ACCEPTED = ("same", "other_edit")
LABELS = ("same", "other_edit", "different", "check")
NO_OPINION = "check"
OURS = ("bp_name", "bp_mix_name", "bp_artists", "bp_remixers", "bp_duration_ms")
THEIRS = ("sp_name", "sp_artists", "sp_album", "sp_duration_ms")


class PairsUnreadable(Exception):
    """`str()` says what is wrong with the file."""


@dataclass(frozen=True)
class Figures:
    confusion: dict[str, dict[str, int]]  # label -> class -> pairs
    pairs_per_second: float

    def count(self, labels: Iterable[str], classes: Iterable[str]) -> int:
        chosen = set(classes)
        return sum(
            number
            for label in labels
            for likeness, number in self.confusion[label].items()
            if likeness in chosen
        )

    def summary(self) -> dict[str, Any]:
        """A share of nothing is null."""
        judged = [label for label in LABELS if label != NO_OPINION]
        everything = [likeness.value for likeness in Likeness]
        right_class = sum(self.confusion[label][label] for label in ACCEPTED)
        return {
            "pairs": self.count(LABELS, everything),
            "confusion": self.confusion,
            "wrong_of_accepted": share(
                self.count(["different"], ACCEPTED), self.count(judged, ACCEPTED)
            ),
            "recall": share(self.count(ACCEPTED, ACCEPTED), self.count(ACCEPTED, everything)),
            "right_class_of_accepted": share(right_class, self.count(ACCEPTED, ACCEPTED)),
            "right_class": share(
                right_class + self.count(["different"], ["no", "doubtful"]),
                self.count(judged, everything),
            ),
            "precision_per_class": {
                name: share(self.confusion[name][name], self.count(judged, [name]))
                for name in ACCEPTED
            },
            "recall_per_class": {
                name: share(self.confusion[name][name], self.count([name], everything))
                for name in ACCEPTED
            },
            "pairs_per_second": round(self.pairs_per_second),
        }


def read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PairsUnreadable(f"{path} cannot be read: {error}") from error
    if not rows or not {"label", "bp_name", "sp_name"} <= set(rows[0]):
        raise PairsUnreadable(f"{path} holds no labelled pairs.")
    unknown = {row["label"] for row in rows} - set(LABELS)
    if unknown:
        raise PairsUnreadable(f"{path} has labels we do not know: {', '.join(sorted(unknown))}.")
    return rows


def measure(rows: Sequence[dict[str, str]]) -> Figures:
    """Judges from raw strings; only the columns bp_* and sp_* are looked at for that."""
    confusion = {label: {likeness.value: 0 for likeness in Likeness} for label in LABELS}
    started = time.process_time()  # whatever else the machine is doing
    verdicts = [likeness_of(row) for row in rows]
    seconds = time.process_time() - started
    pairs = zip(rows, verdicts, strict=True)
    for (label, likeness), number in Counter((row["label"], v.value) for row, v in pairs).items():
        confusion[label][likeness] = number
    return Figures(confusion=confusion, pairs_per_second=len(rows) / seconds)


def misses(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """Each pair that is judged otherwise than labelled, with the parts of its score."""
    for row in rows:
        verdict = verdict_on(row)
        if row["label"] != NO_OPINION and not is_right(verdict.likeness, row["label"]):
            yield "\n".join(
                [
                    f"{row['label']}, judged {verdict.likeness.value} ({verdict.score})",
                    "  " + " | ".join(row[name] for name in OURS),
                    "  " + " | ".join(row[name] for name in THEIRS),
                    "  " + ", ".join(f"{name} {share}" for name, share in verdict.parts.items()),
                    "  " + "; ".join(verdict.reasons),
                ]
            )


def is_right(likeness: Likeness, label: str) -> bool:
    return likeness.value == label or (label == "different" and not likeness.is_accepted)


def likeness_of(row: dict[str, str]) -> Likeness:
    return verdict_on(row).likeness


def verdict_on(row: dict[str, str]) -> Verdict:
    wanted = Wanted(
        title=row["bp_name"],
        mix_name=row["bp_mix_name"],
        artists=names(row["bp_artists"]),
        remixers=names(row["bp_remixers"]),
        isrc=row["bp_isrc"],
        length_ms=number(row["bp_duration_ms"]),
    )
    found = Found(
        title=row["sp_name"],
        artists=names(row["sp_artists"]),
        album=row["sp_album"],
        isrc=row["sp_isrc"],
        length_ms=number(row["sp_duration_ms"]),
    )
    return judge(Subject(wanted), found)


def names(written: str) -> tuple[str, ...]:
    """`A; B`, or a list as Python writes it."""
    if written.startswith("["):
        return tuple(ast.literal_eval(written))
    return tuple(name.strip() for name in written.split(";") if name.strip())


def number(written: str) -> int | None:
    return int(float(written)) if written else None


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None

"""What a DJ did last in a week: what the next undo reverts."""

from dataclasses import dataclass

from curation import moves
from curation.models import CurationPeriod, Move


@dataclass(frozen=True)
class Action:
    """Moves that are undone together; `move` is the newest, `tracks` how many they concern."""

    move: Move
    tracks: int

    @property
    def place(self) -> str:
        if self.move.kind == Move.Kind.LATER:
            return "Later"
        if self.move.kind == Move.Kind.PROMOTE:
            return "Golden"
        return str(self.move.to_playlist or "Bronze")

    def __str__(self) -> str:
        return f"{counted(self.tracks)} to {self.place}"


def counted(tracks: int) -> str:
    return "1 track" if tracks == 1 else f"{tracks:,} tracks"


def latest(period: CurationPeriod) -> Action | None:
    """The latest action that stands; the newest move of a promotion says Golden."""
    standing = moves.standing(period)
    move = moves.newest(standing.select_related("to_playlist__user_category"))
    if move is None:
        return None
    together = standing.filter(action_id=move.action_id)
    return Action(move, together.values("curation_track").distinct().count())

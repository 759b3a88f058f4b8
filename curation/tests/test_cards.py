import pytest

from catalog.models import Track
from curation.cards import Card
from curation.models import CurationTrack


@pytest.mark.parametrize(
    ("title", "size"),
    [
        ("Ferrite", "short"),
        ("Everything We Left Running in Another Room", "line"),
        ("EVERYTHING WE LEFT RUNNING IN ANOTHER ROOM", ""),
        ("Everything We Left Running in the Other Room Again", ""),
        ("Everything We Left Running in the Other Room Because of You", "long"),
    ],
)
def test_a_title_has_as_much_room_as_it_needs(title, size):
    assert Card(row=CurationTrack(track=Track(title=title))).title_size == size

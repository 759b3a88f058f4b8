"""A playlist that the DJ has in Spotify already becomes a category's Golden."""

import pytest
from django.urls import reverse

from accounts.gateway import Gateway
from curation import mirror
from curation.errors import Invalid
from curation.mirror.adoption import id_in
from curation.models import MirroredPlaylist
from curation.tests.mirrored import Desk
from curation.tests.test_mirror_drift import look_tomorrow

pytestmark = pytest.mark.django_db
ID = "37i9dQZF1DXcBWIGoYBM5M"


@pytest.fixture
def theirs(desk) -> list[str]:
    return [next(desk.uris) for _ in range(3)]


@pytest.fixture
def mine(desk, theirs) -> str:
    """The DJ's own playlist."""
    gateway = Gateway.of(desk.user)
    made = gateway.create_playlist(name="Opening since 2019", description="")
    gateway.add_items(made.id, theirs)
    return made.id


@pytest.fixture
def warm(desk):
    return desk.playlist("Warm Up").user_category


def promoted(desk: Desk, number: int) -> list[str]:
    tracks = desk.fill(number)
    desk.sort(tracks, "Warm Up")
    desk.promote(tracks)
    return desk.ours()[f"{desk.period.style.name} · Warm Up"]


def held(desk: Desk, playlist_id: str) -> dict:
    return next(one for one in desk.held() if one["id"] == playlist_id)


@pytest.mark.parametrize(
    "link",
    [
        ID,
        f"  https://open.spotify.com/playlist/{ID}?si=0f2c ",
        f"spotify:playlist:{ID}",
        f"https://open.spotify.com/intl-de/playlist/{ID}",
    ],
)
def test_a_playlist_is_known_by_its_link(link):
    assert id_in(link) == ID


@pytest.mark.parametrize(
    "link", ["", "Warm Up", f"https://open.spotify.com/track/{ID}", ID + "x", "\x00"]
)
def test_what_is_no_playlist_is_told(desk, warm, link):
    with pytest.raises(Invalid, match="Paste the link"):
        mirror.adopt(warm, link)
    assert desk.calls() == []


def test_what_is_kept_comes_after_what_was_there(desk, warm, mine, theirs):
    kept = promoted(desk, 3)

    mirror.adopt(warm, mine)
    desk.send()

    assert held(desk, mine)["items"] == theirs + kept
    assert held(desk, mine)["name"] == "Opening since 2019"
    assert desk.row("golden", "Warm Up").foreign_rows == 3
    assert len(desk.held()) == 1  # none of our own was made beside it


def test_a_track_that_was_there_already_is_not_doubled(desk, warm, mine, theirs):
    desk.fill(1, uris=theirs[1:2])
    track = desk.period.tracks.all()
    desk.sort(track, "Warm Up")
    desk.promote(track)

    mirror.adopt(warm, mine)
    desk.send()

    assert held(desk, mine)["items"] == theirs


def test_the_old_golden_playlist_stays_as_it_is(desk, warm, mine):
    kept = promoted(desk, 2)
    desk.send()
    old = desk.row("golden", "Warm Up").spotify_id

    mirror.adopt(warm, mine)
    promoted(desk, 1)
    desk.send()

    assert held(desk, old)["items"] == kept
    assert held(desk, old)["in_library"]


def test_a_renamed_category_leaves_its_name_alone(desk, warm, mine):
    mirror.adopt(warm, mine)
    desk.send()
    warm.name = "Slow Start"
    warm.save()

    mirror.mark_renamed(warm)
    desk.send()

    assert held(desk, mine)["name"] == "Opening since 2019"


def test_the_dj_may_rename_it(desk, warm, mine):
    mirror.adopt(warm, mine)
    desk.send()

    desk.edit_by_hand("Opening since 2019", name="Opening since 2018")
    look_tomorrow()

    assert desk.row("golden", "Warm Up").name == "Opening since 2018"


def test_what_was_there_takes_room(desk, warm, mine, theirs, monkeypatch):
    monkeypatch.setattr("curation.mirror.sending.MOST_ITEMS", 5)
    kept = promoted(desk, 3)

    mirror.adopt(warm, mine)
    desk.send()

    assert held(desk, mine)["items"] == theirs + kept[:2]
    assert desk.row("golden", "Warm Up").state == MirroredPlaylist.State.FULL


def test_only_ones_own_can_be_used(desk, sandbox, warm):
    other = Gateway.of(Desk(sandbox, [], dj="tomek").user)
    foreign = other.create_playlist(name="Not yours", description="").id

    with pytest.raises(Invalid, match="belongs to somebody else"):
        mirror.adopt(warm, foreign)


def test_one_that_is_not_there_cannot_be_used(desk, warm):
    with pytest.raises(Invalid, match="no such playlist"):
        mirror.adopt(warm, ID)


def test_one_that_is_filled_already_cannot_be_used(desk, warm):
    desk.fill(1)
    desk.send()

    with pytest.raises(Invalid, match="already"):
        mirror.adopt(warm, desk.row().spotify_id)


def test_spotify_is_not_always_there(desk, sandbox, warm, mine):
    sandbox.post("faults", kind="status", status=503, match={"path": "items$"})

    with pytest.raises(Invalid, match="cannot be reached"):
        mirror.adopt(warm, mine)

    assert not MirroredPlaylist.objects.filter(is_adopted=True).exists()


def test_the_page_takes_a_link_and_says_what_is_wrong_with_it(client, desk, warm, mine):
    client.force_login(desk.user)
    address = reverse("golden_adopt", args=[warm.pk])

    refused = client.post(address, {"link": "my warm up list"})
    assert refused.status_code == 422
    assert "Paste the link" in refused.content.decode()
    assert "my warm up list" in refused.content.decode()

    taken = client.post(address, {"link": mine}, follow=True)
    assert "Opening since 2019” is the Golden playlist" in taken.content.decode()
    assert warm.golden_playlist.spotify_id == mine


def test_a_stranger_cannot(client, desk, sandbox, warm):
    client.force_login(Desk(sandbox, [], dj="tomek").user)

    assert client.post(reverse("golden_adopt", args=[warm.pk])).status_code == 404
    assert client.post(reverse("golden_absent", args=[warm.pk])).status_code == 404

from datetime import date

import pytest

from catalog.tests.factories import LabelFactory, ReleaseFactory, TrackFactory
from curation import elsewhere
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory

pytestmark = pytest.mark.django_db


def track_on(title: str, day: int = 9, **fields):
    fields = {"recording_key": "same", "published_on": date(2026, 11, day)} | fields
    release = ReleaseFactory(title=title, label=LabelFactory(name=f"{title} Records"))
    return TrackFactory(release=release, **fields)


def test_a_recording_on_one_release_is_nowhere_else():
    track = track_on("Rain")
    TrackFactory(release=track.release, recording_key="same")

    assert elsewhere.also_on([track]) == {track.pk: ""}


def test_other_releases_are_named_with_their_labels_the_first_first():
    later, track, first = track_on("Best Of", 20), track_on("Rain", 10), track_on("Drops", 9)
    other = track_on("Snow", recording_key="another")

    assert elsewhere.also_on([track, later, first, other]) == {
        track.pk: "Drops (Drops Records), Best Of (Best Of Records)",
        later.pk: "Drops (Drops Records), Rain (Rain Records)",
        first.pk: "Rain (Rain Records), Best Of (Best Of Records)",
        other.pk: "",
    }


def test_of_many_two_are_named_and_the_rest_is_counted():
    track = track_on("Rain")
    for number in range(5):
        track_on(f"Mix {number}", 10 + number)

    words = elsewhere.also_on([track])[track.pk]

    assert words == "Mix 0 (Mix 0 Records), Mix 1 (Mix 1 Records) and 3 more"


def test_the_desk_and_the_list_show_it(client):
    track = track_on("Rain")
    track_on("Best <b>Of</b>", 20)
    row = CurationTrackFactory(curation_period=CurationPeriodFactory(), track=track)
    period = row.curation_period
    client.force_login(period.user)

    desk = client.get(f"/curation/periods/{period.pk}/sort/").content.decode()
    tracks = client.get(f"/curation/periods/{period.pk}/tracks/").content.decode()

    assert "Also on Best &lt;b&gt;Of&lt;/b&gt;" in desk
    assert "also on Best &lt;b&gt;Of&lt;/b&gt;" in tracks

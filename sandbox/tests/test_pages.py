from __future__ import annotations

import lxml.html
import pytest
import requests

from sandbox.tests.conftest import Client, StandIn

LABEL = "Sandbox: a stand-in, not Spotify"


def page(stand_in: StandIn, path: str) -> lxml.html.HtmlElement:
    answer = requests.get(f"{stand_in.url}/spotify/{path}")
    assert answer.status_code == 200, answer.text
    found = lxml.html.fromstring(answer.text)
    if "/embed/" not in answer.url:
        assert LABEL in found.text_content()
    return found


def test_the_root_leads_to_the_djs(stand_in: StandIn) -> None:
    assert requests.get(stand_in.url).url == f"{stand_in.url}/spotify/"


def test_the_djs_are_listed(stand_in: StandIn) -> None:
    links = page(stand_in, "").xpath("//main//a/@href")

    assert set(links) == {f"/spotify/user/{name}" for name in ("nadja", "tomek", "ines", "ruben")}


def test_a_djs_playlists_and_those_taken_off(stand_in: StandIn, nadja: Client) -> None:
    kept, gone = nadja.playlist("Kept <b>"), nadja.playlist("Gone")
    nadja("DELETE", f"/me/library?uris=spotify:playlist:{gone}")

    found = page(stand_in, "user/nadja")

    shelves = found.xpath("//ul[@class='shelf']")
    assert [shelf.xpath(".//a/@href") for shelf in shelves] == [
        [f"/spotify/playlist/{kept}"],
        [f"/spotify/playlist/{gone}"],
    ]
    assert found.xpath("//span[@class='title']")[0].text == "Kept <b>"


def test_a_playlist_shows_its_items_in_order(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    playlist = nadja.playlist("Peak Time")
    nadja.add(playlist, track_uris[:30])

    found = page(stand_in, f"playlist/{playlist}")

    links = found.xpath("//tbody//a/@href")
    assert links == [f"/spotify/track/{uri.rsplit(':', 1)[1]}" for uri in track_uris[:30]]
    assert found.xpath("//h1")[0].text == "Peak Time"
    assert len(found.xpath("//tbody//img")) > 20


def test_an_empty_playlist_and_a_row_that_is_no_track(stand_in: StandIn, nadja: Client) -> None:
    playlist = nadja.playlist()
    assert "This playlist is empty." in page(stand_in, f"playlist/{playlist}").text_content()

    items = ["spotify:episode:" + "e" * 22]
    stand_in.control("playlists/nadja", {"id": playlist, "items": items})

    assert "Not available" in page(stand_in, f"playlist/{playlist}").text_content()


def test_a_track_has_its_clip_and_facts(stand_in: StandIn, track_uris: list[str]) -> None:
    identity = track_uris[0].rsplit(":", 1)[1]

    found = page(stand_in, f"track/{identity}")

    address = found.xpath("//audio/@src")[0]
    assert requests.get(stand_in.url + address).headers["Content-Type"] == "audio/wav"
    assert track_uris[0] in found.text_content()


def test_albums_and_artists_have_a_page_too(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    identity = track_uris[0].rsplit(":", 1)[1]
    song = nadja("GET", f"/tracks/{identity}").json()

    for address in (song["album"]["external_urls"], song["artists"][0]["external_urls"]):
        found = page(stand_in, address["spotify"].partition("/spotify/")[2])
        assert f"/spotify/track/{identity}" in found.xpath("//tbody//a/@href")


@pytest.mark.parametrize(
    "path", ["user/nobody", "album/x", "artist/x", "playlist/x", "track/x", "embed/track/x"]
)
def test_what_is_not_there_is_not_found(stand_in: StandIn, path: str) -> None:
    assert requests.get(f"{stand_in.url}/spotify/{path}").status_code == 404


def test_the_embed_script_and_its_page(stand_in: StandIn, track_uris: list[str]) -> None:
    script = requests.get(f"{stand_in.url}/spotify/embed/iframe-api/v1")
    found = page(stand_in, "embed/track/" + track_uris[0].rsplit(":", 1)[1])

    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "onSpotifyIframeApiReady" in script.text
    assert found.xpath("//main/@data-uri") == [track_uris[0]]
    assert found.xpath("//script[not(@src)]") == []
    for address in found.xpath("//script/@src | //link[@rel='stylesheet']/@href"):
        assert requests.get(stand_in.url + address).status_code == 200

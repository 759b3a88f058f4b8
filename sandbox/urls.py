"""Everything one origin serves: Spotify, Beatport, their pages, and the side door."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from sandbox import (
    beatport_accounts,
    beatport_api,
    beatport_pages,
    control,
    gone,
    media,
    pages,
    spotify_accounts,
)
from sandbox import spotify_catalogue as catalogue
from sandbox import spotify_items as items
from sandbox import spotify_library as library
from sandbox import spotify_playlists as playlists
from sandbox.answers import by_method

SPOTIFY = "spotify/v1/"

urlpatterns = [
    path("spotify-accounts/authorize", spotify_accounts.authorize),
    path("spotify-accounts/api/token", spotify_accounts.token),
    path(SPOTIFY + "me", by_method(GET=catalogue.me)),
    path(
        SPOTIFY + "me/playlists",
        by_method(GET=playlists.list_playlists, POST=playlists.create_playlist),
    ),
    path(
        SPOTIFY + "me/library",
        by_method(PUT=library.put, DELETE=library.delete),
    ),
    path(SPOTIFY + "me/library/contains", by_method(GET=library.contains)),
    path(
        SPOTIFY + "playlists/<str:playlist_id>",
        by_method(GET=playlists.read_playlist, PUT=playlists.change_playlist),
    ),
    path(
        SPOTIFY + "playlists/<str:playlist_id>/items",
        by_method(
            GET=items.read_items,
            POST=items.add_items,
            PUT=items.put_items,
            DELETE=items.remove_items,
        ),
    ),
    path(SPOTIFY + "search", by_method(GET=catalogue.find)),
    path(SPOTIFY + "tracks/<str:track_id>", by_method(GET=catalogue.read_track)),
    path(SPOTIFY + "albums/<str:album_id>", by_method(GET=catalogue.read_album)),
    path(SPOTIFY + "albums/<str:album_id>/tracks", by_method(GET=catalogue.read_album_tracks)),
    re_path(rf"^{SPOTIFY}(?P<rest>.*)$", gone.refuse),
    path("", RedirectView.as_view(url="/spotify/")),
    path("spotify/", pages.home),
    path("spotify/user/<str:user_id>", pages.user),
    path("spotify/playlist/<str:playlist_id>", pages.playlist),
    path("spotify/track/<str:track_id>", pages.track),
    path("spotify/album/<str:album_id>", pages.album),
    path("spotify/artist/<str:artist_id>", pages.artist),
    path("spotify/portrait/<str:user_id>.svg", media.portrait),
    path("spotify/embed/iframe-api/v1", media.static, {"name": "iframe-api.js"}),
    path("spotify/embed/track/<str:track_id>", pages.embedded),
    path("spotify/embed/audio/<str:spotify_id>.wav", media.preview),
    path("beatport/genre/<str:slug>/<int:genre_id>/tracks", beatport_pages.genre_tracks),
    path("beatport/track/<str:slug>/<int:track_id>", beatport_pages.track),
    path("beatport/release/<str:slug>/<int:release_id>", beatport_pages.release),
    path("beatport/image_size/<str:size>/<str:name>.svg", media.picture),
    path("beatport/samples/<int:track_id>.wav", media.sample),
    path("beatport/v4/catalog/tracks/", beatport_api.tracks),
    path("beatport/v4/catalog/tracks/<int:track_id>/", beatport_api.track),
    path("beatport/v4/catalog/releases/<int:release_id>/", beatport_api.release),
    path("beatport/v4/catalog/genres/", beatport_api.genre_list),
    path("beatport/v4/auth/o/authorize/", beatport_accounts.authorize),
    path("beatport/v4/auth/o/token/", beatport_accounts.token),
    path("beatport/human-test/", beatport_pages.human_test),
    path("_/static/<str:name>", media.static),
    path("_/", control.health),
    path("_/log", control.log),
    path("_/faults", control.fault_rules),
    path("_/clock", control.the_clock),
    path("_/quota", control.quotas),
    path("_/switches", control.the_switches),
    path("_/weeks", control.week_volume),
    path("_/truth", control.week_truth),
    path("_/playlists/<str:user_id>", control.playlists),
    path("_/users/<str:user_id>", control.user),
    path("_/users/<str:user_id>/tokens", control.grant),
    path("_/violations", control.violations),
    path("_/reset", control.reset),
]

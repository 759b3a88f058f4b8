from django.urls import URLPattern, path

from accounts import provider, views

urlpatterns: list[URLPattern] = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("settings/", views.settings, name="settings"),
    path("settings/tokens/", views.make_token, name="make_token"),
    path("settings/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("settings/disconnect/", views.ask_to_disconnect, name="ask_to_disconnect"),
    path("settings/disconnect/now/", views.disconnect, name="disconnect"),
    path("accounts/spotify/login/", views.start_login, name="spotify_login"),
    path("accounts/spotify/login/callback/", provider.callback, name="spotify_callback"),
]

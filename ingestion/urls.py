from django.urls import path

from ingestion import upload_views, views

urlpatterns = [
    path("beatport/", views.beatport, name="beatport"),
    path("beatport/tokens/", views.connect_with_tokens, name="beatport_tokens"),
    path("beatport/app/", views.connect_app, name="beatport_app"),
    path("beatport/callback/", views.come_back, name="beatport_callback"),
    path("beatport/check/", views.check, name="beatport_check"),
    path("beatport/disconnect/", views.ask_to_disconnect, name="beatport_ask_to_disconnect"),
    path("beatport/disconnect/now/", views.disconnect, name="beatport_disconnect"),
    path("beatport/uploads/", upload_views.uploads, name="uploads"),
    path("beatport/uploads/import/", upload_views.import_them, name="uploads_import"),
    path("beatport/uploads/discard/", upload_views.throw_away, name="uploads_discard"),
]

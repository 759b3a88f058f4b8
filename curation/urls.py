from django.urls import path

from curation.views import golden, home, matches, periods, styles

urlpatterns = [
    path("", home.home, name="home"),
    path("sync/", home.sync_line, name="sync_line"),
    path("styles/", styles.styles, name="styles"),
    path("styles/<slug:slug>/", styles.style, name="style"),
    path("styles/<slug:slug>/begin/", styles.begin, name="style_begin"),
    path("styles/<slug:slug>/copy/", styles.copy, name="style_copy"),
    path("styles/<slug:slug>/categories/", styles.save, name="style_save"),
    path("curation/periods/", periods.periods, name="periods"),
    path("curation/periods/open/", periods.open_week, name="period_open"),
    path("curation/periods/<int:pk>/", periods.period, name="period"),
    path("curation/periods/<int:pk>/progress/", periods.progress, name="period_progress"),
    path("curation/periods/<int:pk>/fetch/", periods.fetch, name="period_fetch"),
    path("curation/periods/<int:pk>/tracks/", periods.tracks, name="period_tracks"),
    path("curation/periods/<int:pk>/sync/", periods.sync, name="period_sync"),
    path("curation/periods/<int:pk>/close/", periods.close, name="period_close"),
    path("curation/periods/<int:pk>/reopen/", periods.reopen, name="period_reopen"),
    path("golden/", golden.golden, name="golden"),
    path("golden/<int:pk>/", golden.category, name="golden_category"),
    path("golden/<int:pk>/export.csv", golden.export, name="golden_export"),
    path("golden/<int:pk>/remove/", golden.remove, name="golden_remove"),
    path("golden/<int:pk>/restore/", golden.restore, name="golden_restore"),
    path("matches/", matches.matches, name="matches"),
    path("matches/<int:pk>/", matches.decide, name="match_decide"),
]

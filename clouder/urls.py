from django.contrib import admin
from django.urls import include, path

from clouder import health, views
from clouder.api import api

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("status/", views.status, name="status"),
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("", include("accounts.urls")),
    path("", include("ingestion.urls")),
    path("", include("curation.urls")),
]

handler500 = "clouder.views.failure"

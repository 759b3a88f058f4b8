"""All our pages, and beside them the least that a decision can cost: a view that changes a row."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clouder.test_settings")
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

from curation.models import CurationTrack  # noqa: E402


@require_POST
@login_required
def touch(request: HttpRequest) -> HttpResponse:
    CurationTrack.objects.filter(pk=request.POST["track"]).update(heard_at=timezone.now())
    return HttpResponse(status=204)


urlpatterns = [path("bare/", touch), path("", include("clouder.urls"))]

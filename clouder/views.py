from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.staff import staff_only
from clouder.going import HEIGHT, HOURS, STEP, Going


@never_cache
@require_safe
@staff_only
def status(request: HttpRequest) -> HttpResponse:
    context = {
        "room": "status",
        "going": Going(timezone.now()),
        "chart": {"width": STEP * HOURS, "height": HEIGHT, "bar": STEP - 2, "hours": HOURS},
    }
    return render(request, "status.html", context)

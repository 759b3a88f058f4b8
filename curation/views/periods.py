from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def periods(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def open_week(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def period(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def progress(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def fetch(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def tracks(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def sync(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def close(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def reopen(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")

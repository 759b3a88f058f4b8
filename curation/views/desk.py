from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def sort(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def move(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def later(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def wrong_version(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def undo(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")

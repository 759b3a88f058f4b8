from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def review(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def move(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def promote(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def demote(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def undo(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")

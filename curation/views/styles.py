from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def styles(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def style(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def begin(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def copy(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def save(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")

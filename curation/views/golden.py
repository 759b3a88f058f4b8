from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def golden(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def category(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def export(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def remove(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def restore(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")

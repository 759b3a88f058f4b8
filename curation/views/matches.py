from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def matches(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")


@login_required
def decide(request: HttpRequest, **_: object) -> HttpResponse:
    return render(request, "base.html")

from django.http import HttpRequest

from accounts.models import User


class DjRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User

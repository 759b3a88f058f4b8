"""What allauth asks of us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest, HttpResponse

from accounts.addresses import is_local
from accounts.problems import CANCELLED, CLOSED_ACCOUNT, LOST_TRACK, NO_LOGIN, show_problem


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        return is_local(url)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's announcements are not ours."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return show_problem(request, CLOSED_ACCOUNT)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Before the state is found, the login is not one of this browser."""
        if "state" not in (extra_context or {}):
            problem = LOST_TRACK
        else:
            problem = CANCELLED if error == AuthError.CANCELLED else NO_LOGIN
        raise ImmediateHttpResponse(show_problem(request, problem))

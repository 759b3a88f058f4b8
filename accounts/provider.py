"""Login with Spotify by allauth: its state and PKCE, our requests, our users, our tokens.

allauth finds this module by its name. None of its account tables is used: a DJ is found by the
Spotify account, so there is nothing to sign up for and no page to do it.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.spotify.provider import SpotifyOAuth2Provider
from allauth.socialaccount.providers.spotify.views import SpotifyOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

from accounts import connection
from accounts.answers import Profile
from accounts.connection import Tokens
from accounts.errors import SpotifyError
from accounts.gateway import Gateway
from accounts.models import SpotifyCredential, User, account_hash
from accounts.problems import problem_of, show_problem


class SpotifyLogin(SocialLogin):
    """A person whom Spotify has named. Looking the person up makes the connection."""

    def __init__(self, *, provider: Any, profile: Profile, tokens: Tokens) -> None:
        uid = account_hash(profile.account_id)
        super().__init__(
            user=User(), account=SocialAccount(provider=provider.id, uid=uid), provider=provider
        )
        self.profile = profile
        self.tokens = tokens

    def lookup(self) -> None:
        self._did_authenticate_by_email = None
        self.user = connection.connect(profile=self.profile, tokens=self.tokens)


class SpotifyAdapter(SpotifyOAuth2Adapter):
    access_token_url = f"{settings.SPOTIFY_ACCOUNTS_URL}/api/token"
    authorize_url = f"{settings.SPOTIFY_ACCOUNTS_URL}/authorize"
    profile_url = f"{settings.SPOTIFY_API_URL}/me"

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Tokens:
        try:
            return connection.exchange(
                code=request.GET["code"],
                verifier=pkce_code_verifier or "",
                redirect_uri=client.callback_url,
            )
        except SpotifyError as error:
            raise ImmediateHttpResponse(show_problem(request, problem_of(error))) from None

    def parse_token(self, data: Tokens) -> SocialToken:
        """allauth wants one; it is never stored (SOCIALACCOUNT_STORE_TOKENS)."""
        return SocialToken(token=data.access, expires_at=data.expires_at)

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SpotifyLogin:
        tokens: Tokens = kwargs["response"]
        visitor = SpotifyCredential(access_token=tokens.access, expires_at=tokens.expires_at)
        try:
            profile = Gateway(visitor).me()
        except SpotifyError as error:
            raise ImmediateHttpResponse(show_problem(request, problem_of(error))) from None
        return SpotifyLogin(provider=self.get_provider(), profile=profile, tokens=tokens)


class SpotifyProvider(SpotifyOAuth2Provider):
    id = "spotify"
    oauth2_adapter_class = SpotifyAdapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """A request chooses where to go next and whether Spotify asks again, nothing else."""
        return super().get_redirect_from_request_kwargs(request) | {"process": AuthProcess.LOGIN}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return self.get_scope()

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return {"show_dialog": "true"} if request.POST.get("show_dialog") else {}


provider_classes = [SpotifyProvider]
start = OAuth2LoginView.adapter_view(SpotifyAdapter)
callback = OAuth2CallbackView.adapter_view(SpotifyAdapter)

from typing import Any

import allauth.account.admin
import allauth.socialaccount.admin  # noqa: F401  both register tables, which is undone below
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import connection, quota
from accounts.models import ApiToken, Preferences, QuotaBucket, QuotaHour, SpotifyCredential, User

# None of these is used, and an empty list invites to fill it.
admin.site.unregister([EmailAddress, SocialAccount, SocialApp, SocialToken])


class ReadOnly(admin.ModelAdmin):
    """What Clouder itself writes is looked at, never edited."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PreferencesInline(admin.StackedInline):
    model = Preferences
    can_delete = False


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Tokens are shown nowhere, not even that they are there."""

    list_display = ("username", "display_name", "spotify_status", "is_staff", "last_login")
    list_filter = ("spotify__status", "is_staff", "is_active")
    search_fields = ("username", "display_name")
    fieldsets = (
        (None, {"fields": ("username", "display_name", "password")}),
        ("Spotify", {"fields": ("spotify_status", "spotify_since", "spotify_until")}),
        (
            "Permissions",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("spotify_status", "spotify_since", "spotify_until")
    inlines = (PreferencesInline,)
    actions = ("disconnect",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        tokens = ("spotify__access_token", "spotify__refresh_token")
        return super().get_queryset(request).select_related("spotify").defer(*tokens)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()  # a new user gets preferences by itself

    @admin.display(description="Spotify", ordering="spotify__status")
    def spotify_status(self, user: User) -> str:
        credential = spotify_of(user)
        return credential.get_status_display() if credential else "Not connected"

    @admin.display(description="Connected since")
    def spotify_since(self, user: User) -> Any:
        credential = spotify_of(user)
        return credential.authorized_at if credential else None

    @admin.display(description="Ends on")
    def spotify_until(self, user: User) -> Any:
        credential = spotify_of(user)
        return credential.ends_at if credential else None

    @admin.action(description="Disconnect Spotify", permissions=["change"])
    def disconnect(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        connected = queryset.filter(spotify__isnull=False)
        for user in connected:
            connection.disconnect(user)
        messages.success(request, f"Disconnected: {len(connected)}. Their work stays.")


def spotify_of(user: User) -> SpotifyCredential | None:
    return getattr(user, "spotify", None)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    """Its hash is shown nowhere. To delete one is to revoke it."""

    list_display = ("name", "user", "prefix", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username", "user__display_name")
    fields = list_display
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        return super().get_queryset(request).defer("sha256")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(QuotaBucket)
class QuotaBucketAdmin(ReadOnly):
    list_display = ("name", "used", "cap", "left", "closed_until", "refusals")

    @admin.display(description="Used in 24 hours")
    def used(self, bucket: QuotaBucket) -> int:
        return quota.used(bucket.name)

    @admin.display(description="Cap")
    def cap(self, bucket: QuotaBucket) -> int:
        return settings.SPOTIFY_QUOTA[bucket.name]

    @admin.display(description="Left")
    def left(self, bucket: QuotaBucket) -> int:
        return quota.left(bucket.name)


@admin.register(QuotaHour)
class QuotaHourAdmin(ReadOnly):
    list_display = ("hour", "bucket", "calls")
    list_filter = ("bucket",)
    list_select_related = ("bucket",)
    date_hierarchy = "hour"
    ordering = ("-hour", "bucket")

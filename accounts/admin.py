from typing import Any

import allauth.account.admin
import allauth.socialaccount.admin  # noqa: F401  both register tables, which is undone below
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts import connection, quota
from accounts.backoffice import Desk, ReadOnly, moment
from accounts.erasing import erase
from accounts.models import ApiToken, Preferences, QuotaBucket, QuotaHour, SpotifyCredential, User

# None of these is used, and an empty list invites to fill it.
admin.site.unregister([EmailAddress, SocialAccount, SocialApp, SocialToken])

DATES = ("last_login", "date_joined")
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")
NO_WORK = ("accounts", "admin", "account", "socialaccount")
SPENT_ON = {
    "search": "Looking tracks up",
    "write": "Making, filling and renaming playlists; the library",
    "read": "Reading playlists and the library back",
    "other": "Who logs in, and single tracks",
}


class SpotifyFilter(admin.ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "Spotify"


class PreferencesInline(admin.StackedInline):
    model = Preferences
    can_delete = False


@admin.register(User)
class UserAdmin(Desk, DjangoUserAdmin):
    """Tokens are shown nowhere, not even that they are there.

    Who is no superuser makes none, and leaves those there are alone.
    """

    list_display = ("username", "display_name", "spotify_status", "is_staff", "last_login")
    list_filter = (("spotify__status", SpotifyFilter), "is_staff", "is_active")
    search_fields = ("username", "display_name")
    search_help_text = "A user name or the name at Spotify"
    fieldsets = (
        (None, {"fields": ("username", "display_name", "password")}),
        ("Spotify", {"fields": ("spotify_status", "spotify_since", "spotify_until")}),
        (
            "Permissions",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": DATES}),
    )
    readonly_fields = ("spotify_status", "spotify_since", "spotify_until", *DATES)
    inlines = (PreferencesInline,)
    actions = ("disconnect",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        tokens = ("spotify__access_token", "spotify__refresh_token")
        return super().get_queryset(request).select_related("spotify").defer(*tokens)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()  # a new user gets preferences by itself

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        kept = super().get_readonly_fields(request, obj)
        return kept if request.user.is_superuser else (*kept, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and may_touch(request, obj)

    def why_it_stays(self, request: HttpRequest, row: User) -> str:
        if row == request.user:
            return "You cannot delete yourself."
        if not (work := work_of(row)):
            return ""
        return (
            f"{row} has {work}, which would go as well. Take away “Active” instead, "
            f"or erase all of it with: manage.py delete_dj {row.username}"
        )

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        erase(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            erase(user)

    @admin.display(description="Spotify", ordering="spotify__status")
    def spotify_status(self, user: User) -> str:
        credential = spotify_of(user)
        return credential.get_status_display() if credential else "Not connected"

    @admin.display(description="Connected since")
    def spotify_since(self, user: User) -> str:
        credential = spotify_of(user)
        return moment(credential.authorized_at) if credential else self.empty_value_display

    @admin.display(description="Ends on")
    def spotify_until(self, user: User) -> str:
        credential = spotify_of(user)
        return moment(credential.ends_at) if credential else self.empty_value_display

    @admin.action(description="Disconnect Spotify", permissions=["operate"])
    def disconnect(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Asks first; the answer comes back here."""
        chosen = queryset.filter(spotify__isnull=False)
        users = [user for user in chosen if self.has_change_permission(request, user)]
        if not users:
            said = "None of them is connected, or may be touched by you."
            self.message_user(request, said, messages.WARNING)
            return None
        if "is_sure" not in request.POST:
            page = {**self.admin_site.each_context(request), "users": users, "opts": self.opts}
            page["title"] = "Disconnect Spotify"
            return TemplateResponse(request, "admin/accounts/user/disconnect.html", page)
        for user in users:
            connection.disconnect(user)
            self.log_change(request, user, "Disconnected Spotify.")
        names = ", ".join(user.username for user in users)
        self.message_user(request, f"Disconnected: {names}. Their work stays.")
        return None


def spotify_of(user: User) -> SpotifyCredential | None:
    return getattr(user, "spotify", None)


def may_touch(request: HttpRequest, user: User | None) -> bool:
    return user is None or request.user.is_superuser or not user.is_superuser


def work_of(user: User) -> str:
    """What a DJ has made, in the rooms above: "3 weeks, 2 categories"."""
    counts = []
    for relation in User._meta.related_objects:
        model = relation.related_model
        if relation.one_to_many and model._meta.app_label not in NO_WORK:
            count = model._default_manager.filter(**{relation.field.name: user}).count()
            counts.append((count, model._meta.verbose_name, model._meta.verbose_name_plural))
    return ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)


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
    """The ledger: what is left of the day's calls, and which hours took them."""

    title = "Quota of Spotify calls"
    list_display = ("name", "spent_on", "used", "cap", "left", "closed_until", "refusals")
    fields = (*list_display, "by_purpose", "by_hour")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuotaBucket]:
        return quota.with_use(super().get_queryset(request), timezone.now())

    @admin.display(description="Spent on")
    def spent_on(self, bucket: QuotaBucket) -> str:
        return SPENT_ON.get(bucket.name, "")

    @admin.display(description="Used in 24 hours", ordering="used")
    def used(self, bucket: Any) -> int:
        return bucket.used

    @admin.display(description="Cap")
    def cap(self, bucket: QuotaBucket) -> int:
        return settings.SPOTIFY_QUOTA.get(bucket.name, 0)

    @admin.display(description="Left")
    def left(self, bucket: Any) -> int:
        is_closed = bucket.closed_until and bucket.closed_until > timezone.now()
        return 0 if is_closed else max(0, self.cap(bucket) - bucket.used)

    @admin.display(description="By what")
    def by_purpose(self, bucket: QuotaBucket) -> str:
        return self.bars(list(quota.used_for(bucket.name).items()))

    @admin.display(description="By hour")
    def by_hour(self, bucket: QuotaBucket) -> str:
        recent = bucket.hours.filter(hour__gt=timezone.now() - quota.WINDOW)
        hours = recent.values_list("hour").annotate(total=Sum("calls")).order_by("-hour")
        return self.bars([(f"{timezone.localtime(at):%d %b %H:%M}", total) for at, total in hours])

    def bars(self, counted: list[tuple[str, int]]) -> str:
        most = max((calls for _, calls in counted), default=0)
        line = '<tr><th>{}</th><td>{}</td><td><progress value="{}" max="{}"></progress></td></tr>'
        drawn = format_html_join("", line, ((name, n, n, most) for name, n in counted))
        return format_html('<table class="hours">{}</table>', drawn) if counted else "No calls."


@admin.register(QuotaHour)
class QuotaHourAdmin(ReadOnly):
    title = "Spotify calls by hour"
    list_display = ("hour", "bucket", "purpose", "calls")
    list_filter = ("bucket", "purpose")
    list_select_related = ("bucket",)
    ordering = ("-pk",)
    sortable_by = ()

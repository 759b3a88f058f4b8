from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from accounts.admin import ReadOnly
from ingestion import beatport, files, runs
from ingestion.errors import BeatportError
from ingestion.forms import CredentialForm, UploadForm
from ingestion.models import BeatportCredential, IngestRun, RowSetAside
from ingestion.registration import register_genres


class RowSetAsideInline(admin.TabularInline):
    model = RowSetAside
    fields = ["page", "position", "reason"]
    readonly_fields = ["page", "position", "reason"]
    ordering = ["page", "position"]
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(IngestRun)
class IngestRunAdmin(ReadOnly):
    list_display = [
        "what",
        "source",
        "status",
        "collected",
        "expected",
        "set_aside",
        "new",
        "changed",
        "withdrawn",
        "created_at",
        "finished_at",
        "error",
    ]
    list_filter = ["status", "trouble", "source", "genre"]
    list_select_related = ["genre"]
    ordering = ["-pk"]
    inlines = [RowSetAsideInline]
    actions = ["run_again", "refresh_genres"]

    @admin.display(description="what")
    def what(self, run: IngestRun) -> str:
        return run.file_name or f"{run.genre}, {run.year} week {run.week}"

    @admin.action(description="Run again")
    def run_again(self, request: HttpRequest, queryset: QuerySet[IngestRun]) -> None:
        chosen = list(queryset)
        for run in chosen:
            runs.run_again(run)
        self.message_user(request, f"{len(chosen)} will be run.")

    @admin.action(description="Refresh the list of genres from Beatport")
    def refresh_genres(self, request: HttpRequest, queryset: QuerySet[IngestRun]) -> None:
        try:
            genres = beatport.genres()
        except BeatportError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        register_genres(genres)
        self.message_user(request, f"Beatport has {len(genres)} genres.")

    def get_urls(self) -> list[URLPattern]:
        upload = self.admin_site.admin_view(self.upload)
        own = [path("upload/", upload, name="ingestion_ingestrun_upload")]
        return own + super().get_urls()

    def upload(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("ingestion.add_ingestrun"):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
        if form.is_valid():
            uploads = form.cleaned_data["uploads"]
            for upload in uploads:
                files.accept(upload.name, upload)
            count = len(uploads)
            self.message_user(request, f"{count} will be imported; this list shows how it goes.")
            return redirect("admin:ingestion_ingestrun_changelist")
        context = {**self.admin_site.each_context(request), "form": form, "title": "Upload files"}
        return render(request, "admin/ingestion/ingestrun/upload.html", context)


@admin.register(RowSetAside)
class RowSetAsideAdmin(ReadOnly):
    list_display = ["run", "page", "position", "reason"]
    list_select_related = ["run__genre"]
    ordering = ["-pk"]


@admin.register(BeatportCredential)
class BeatportCredentialAdmin(admin.ModelAdmin):
    form = CredentialForm
    list_display = ["__str__", "client_id", "expires_at"]
    fields = ["client_id", "client_secret", "access_token", "refresh_token", "status", "expires_at"]
    readonly_fields = ["status", "expires_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not BeatportCredential.objects.exists()

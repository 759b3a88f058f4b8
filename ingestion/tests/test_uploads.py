import gzip
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import UserFactory
from catalog.models import Track
from ingestion import expiry, runs, uploads
from ingestion.models import IngestRun, RawPage, RowSetAside, Upload
from ingestion.tests.rows import track_object

pytestmark = pytest.mark.django_db

PAGE, IMPORT, DISCARD = (reverse(name) for name in ("uploads", "uploads_import", "uploads_discard"))
TECHNO_46 = ("Techno (Peak Time / Driving)", 2026, 46)


@pytest.fixture
def admin(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def zip_of(body: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("page.html", body)
    return archive.getvalue()


def file_of(name: str, *rows: object, pack: bool = False) -> SimpleUploadedFile:
    body = json.dumps({"results": list(rows)}).encode()
    return SimpleUploadedFile(name, gzip.compress(body) if pack else body)


def look_inside(client, *files: SimpleUploadedFile) -> str:
    answer = client.post(PAGE, {"uploads": files}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client, address: str, user, **fields: object):
    shown = list(user.uploads.values_list("pk", flat=True))
    return client.post(address, {"upload": shown} | fields, follow=True).content.decode()


def carry_out_all() -> list[IngestRun]:
    for run in IngestRun.objects.all():
        runs.carry_out(run.pk)
    return list(IngestRun.objects.order_by("pk"))


def counted(preview: uploads.Preview) -> tuple[int, int, int, int]:
    counts = preview.counts
    return counts.new, counts.changed, counts.unchanged, counts.set_aside


def test_a_preview_counts_what_the_import_then_does(client, admin):
    for number in (1, 2):
        runs_of(client, admin, file_of("before.json", track_object(number)))
    files = [
        file_of("one.json", track_object(1), track_object(2, name="Renamed"), track_object(3)),
        file_of("two.json.gz", track_object(3), *map(track_object, range(4, 300)), pack=True),
        file_of("three.json", track_object(300), {"id": 301, "mix_name": ""}, {"mix_name": "x"}),
    ]
    before = set(Track.objects.values_list("beatport_id", "title"))
    look_inside(client, *files)

    first, second, third = uploads.previews(admin)

    assert counted(first) == (1, 1, 1, 0)
    assert counted(second) == (296, 0, 1, 0)
    assert counted(third) == (1, 0, 0, 2)
    assert first.weeks == [(*TECHNO_46, 3)]
    assert third.reasons == [("The track has no title.", 1), ("The track has no usable id.", 1)]
    assert vars(uploads.total([first, second, third]))["new"] == 298
    assert set(Track.objects.values_list("beatport_id", "title")) == before
    assert not RowSetAside.objects.exists()
    assert RawPage.objects.count() == 4

    press(client, IMPORT, admin)
    done = carry_out_all()[-3:]
    assert [(run.new, run.changed, run.set_aside) for run in done] == [
        (1, 1, 0),
        (296, 0, 0),
        (1, 0, 2),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_preview_takes_turns_with_those_who_click(admin):
    """Each page of rows is tried out and taken back by itself."""
    rows = [track_object(number) for number in range(1, 451)]
    uploads.keep(admin, [file_of("many.json", *rows), file_of("again.json", *rows)])

    with CaptureQueriesContext(connection) as asked:
        first, second = uploads.previews(admin)

    taken_back = [one for one in asked.captured_queries if one["sql"] == "ROLLBACK"]
    assert len(taken_back) == 6
    assert (counted(first), counted(second)) == ((450, 0, 0, 0), (0, 0, 450, 0))
    assert not Track.objects.exists()


def test_what_could_not_be_read_goes_when_the_next_files_come(client, admin):
    look_inside(client, *(SimpleUploadedFile(f"{n}.txt", b"x") for n in range(uploads.MOST_FILES)))

    page = look_inside(client, file_of("good.json", track_object(1)))

    assert "Import 1 file" in page
    assert list(admin.uploads.values_list("name", "error")) == [("good.json", "")]


def runs_of(client, admin, *files: SimpleUploadedFile) -> None:
    look_inside(client, *files)
    press(client, IMPORT, admin)
    carry_out_all()


def test_the_page_shows_what_each_file_would_bring(client, admin):
    page = look_inside(
        client,
        file_of("one.json", track_object(1), track_object(2), {"mix_name": "x"}),
        SimpleUploadedFile("challenge.html", b"<html><title>Just a moment...</title></html>"),
    )

    assert "Techno (Peak Time / Driving), week 46 of 2026: 2" in page
    assert "Set aside: The track has no usable id." in page
    assert "perhaps a bot check" in page
    assert "Import 1 file" in page
    assert not Track.objects.exists()
    assert not IngestRun.objects.exists()


def test_a_hostile_name_is_shown_as_text(client, admin):
    page = look_inside(
        client,
        file_of("<script>alert(1)<b>.json", track_object(1, genre={"id": 6, "name": "<i>"})),
    )

    assert "&lt;script&gt;alert(1)&lt;b&gt;.json" in page
    assert "<script>alert" not in page
    assert "<i>" not in page


def test_what_is_imported_is_said_and_followed(client, admin):
    look_inside(client, file_of("one.json", track_object(1)))

    page = press(client, IMPORT, admin)

    assert "1 file is being imported." in page
    assert 'hx-trigger="every 2s"' in page
    carry_out_all()
    fragment = client.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert "Complete" in fragment
    assert "hx-trigger" not in fragment
    assert not Upload.objects.exists()


def test_importing_twice_imports_once(client, admin):
    look_inside(client, file_of("one.json", track_object(1)))
    second_tab = {"upload": list(admin.uploads.values_list("pk", flat=True))}
    press(client, IMPORT, admin)

    answer = client.post(IMPORT, second_tab, follow=True)

    assert "imported or thrown away already" in answer.content.decode()
    assert IngestRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_imports_once(admin):
    uploads.keep(admin, [file_of("one.json", track_object(1))])
    chosen = list(admin.uploads.values_list("pk", flat=True))
    starts = Barrier(2)

    def click(_: int) -> int:
        try:
            starts.wait()
            return len(uploads.import_them(admin, chosen))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(click, range(2))) == [0, 1]
    assert IngestRun.objects.count() == 1


def test_one_or_all_are_thrown_away(client, admin):
    look_inside(client, *(file_of(f"{n}.json", track_object(n)) for n in (1, 2, 3)))

    press(client, DISCARD, admin, only=admin.uploads.first().pk)
    assert list(admin.uploads.values_list("name", flat=True)) == ["2.json", "3.json"]

    press(client, DISCARD, admin)
    assert not Upload.objects.exists()


def test_each_sees_and_imports_only_what_is_theirs(client, admin):
    other = UserFactory(is_staff=True, is_superuser=True)
    uploads.keep(other, [file_of("other.json", track_object(1))])

    press(client, IMPORT, other)
    press(client, DISCARD, other)

    assert other.uploads.count() == 1
    assert "other.json" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("path", [PAGE, IMPORT, DISCARD])
def test_who_may_not_import_does_not_get_here(client, path):
    client.force_login(UserFactory(is_staff=True))

    assert client.post(path, {"uploads": [file_of("x.json")]}).status_code == 403
    assert not Upload.objects.exists()


def test_an_upload_without_a_file_says_so(client, admin):
    answer = client.post(PAGE, {})

    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (gzip.compress(b" " * (uploads.MOST_BYTES + 1)), "larger than 32 MB"),
        (b" " * (uploads.MOST_BYTES + 1), "larger than 32 MB"),
        (zip_of(b" " * 10_000_000), "zip archive"),
        (gzip.compress(zip_of(b"{}")), "zip archive"),
        (b"\x1f\x8bnonsense", "damaged"),
        (b"", "The file is empty."),
    ],
)
def test_what_cannot_be_kept_says_why_and_takes_no_room(client, admin, body, words):
    page = look_inside(client, SimpleUploadedFile("bad", body))

    kept = admin.uploads.get()
    assert words in kept.error
    assert words in page
    assert "Import" not in page.split("What they would bring")[1]
    assert not kept.body


def test_more_than_may_wait_is_refused_by_number_and_by_size(admin):
    large = {"id": 1, "mix_name": "x" * 20_000_000}
    uploads.keep(admin, [file_of("a.json", large), file_of("b.json", large)])
    assert "more than 32 MB" in admin.uploads.get(name="b.json").error
    many = [file_of(f"{n}.json", track_object(n)) for n in range(uploads.MOST_FILES)]

    uploads.keep(admin, many)

    errors = list(admin.uploads.exclude(error="").values_list("error", flat=True))
    assert errors == ["More than 50 files. Import the others first."]


def test_what_nobody_imports_is_gone_after_a_day(admin):
    uploads.keep(admin, [file_of("old.json", track_object(1)), file_of("new.json")])
    admin.uploads.filter(name="old.json").update(uploaded_at=timezone.now() - timedelta(hours=25))

    expiry.forget()

    assert list(admin.uploads.values_list("name", flat=True)) == ["new.json"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_genre_page_saved_by_a_browser_loses_no_track(page, sandbox, settings):
    sandbox.post("weeks", genre_id=12, year=2026, week=47, tracks=90)
    days = "publish_date=2026-11-16:2026-11-22&per_page=100"
    page.goto(f"{settings.BEATPORT_WEB_URL}/genre/deep-house/12/tracks?{days}")
    as_file = page.context.new_cdp_session(page).send("Page.captureSnapshot", {"format": "mhtml"})
    saved = {"page.html": page.content(), "page.mhtml": as_file["data"]}

    admin = UserFactory(is_staff=True)
    uploads.keep(admin, [SimpleUploadedFile(name, text.encode()) for name, text in saved.items()])
    html, mhtml = uploads.previews(admin)

    assert (html.counts.rows, html.counts.new, html.counts.set_aside) == (90, 90, 0)
    assert "Save it as HTML instead." in mhtml.upload.error


def test_a_stream_is_read_no_further_than_it_may_be(admin):
    endless = io.BytesIO(b" " * (uploads.MOST_BYTES + 10))
    endless.name = "endless"

    uploads.keep(admin, [endless])

    assert endless.tell() == uploads.MOST_BYTES + 1

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.tests.factories import UserFactory
from catalog.tests.factories import GenreFactory
from curation.models import Style
from curation.tests.factories import StyleFactory
from curation.weeks import Week
from ingestion.models import IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def genre(page, log_in):
    Style.objects.update(is_active=False)
    genre = GenreFactory()
    for slug in ("deep", "dub"):
        StyleFactory(slug=slug, name=slug).genres.add(genre)
    log_in(page, UserFactory(is_staff=True))
    return genre


def test_arrow_keys_walk_through_the_cells_and_tab_leaves_them(page: Page, genre):
    page.goto(reverse("coverage"))
    cells = page.locator(".coverage td a")

    cells.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(cells.nth(3)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(cells.nth(2)).to_be_focused()

    assert page.locator(".coverage a:not([tabindex='-1'])").count() == 1


def test_a_cell_changes_while_its_week_is_read(page: Page, genre):
    week = Week.of(timezone.localdate())
    run = IngestRunFactory(genre=genre, year=week.year, week=week.number, status="running")
    page.goto(reverse("coverage"))
    cell = page.locator(".coverage td").first
    expect(cell).to_have_attribute("data-state", "running")

    IngestRun.objects.filter(pk=run.pk).update(status="complete", finished_at=timezone.now())

    expect(cell).to_have_attribute("data-state", "complete")
    expect(page.locator("#going")).to_be_empty()
    expect(page.locator(".coverage tr[aria-current] td")).to_have_count(2)

"""docs/security.md names tests that exist."""

import re

from django.conf import settings

NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def test_what_the_page_names_is_tested():
    page = (settings.BASE_DIR / "docs/security.md").read_text()
    tests = settings.BASE_DIR.glob("*/**/test_*.py")
    defined = {name for file in tests for name in DEFINED.findall(file.read_text())}

    named = set(NAMED.findall(page))

    assert len(named) > 20
    assert not named - defined
    assert len(page.splitlines()) < 90

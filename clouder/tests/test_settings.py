import re

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection

READ = {
    "clouder/settings.py": re.compile(r'\b(?:env\.\w+|required|outside)\(\s*"(\w+)"'),
    "clouder/testing.py": re.compile(r'environ\.get\("(TEST_\w+_URL)"\)'),
    "Procfile": re.compile(r"\$\{(\w+):-"),
}
LISTED = re.compile(r"^#? ?(\w+)=", re.MULTILINE)


def test_the_example_lists_every_variable_that_is_read():
    read = [
        name
        for file, pattern in READ.items()
        for name in pattern.findall((settings.BASE_DIR / file).read_text())
    ]
    listed = LISTED.findall((settings.BASE_DIR / ".env.example").read_text())

    assert sorted(listed) == sorted(set(read))


def test_static_files_can_be_collected_for_production(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "clouder.static.StaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)

    assert re.search(r"site\.\w{12}\.js", storages["staticfiles"].url("js/site.js"))


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own")
def test_no_statement_is_compiled():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)

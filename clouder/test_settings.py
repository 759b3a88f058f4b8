"""Settings of the tests: nothing is read from the developer's .env, nothing is shared.

TEST_DATABASE_URL and TEST_BROKER_URL choose the database and the broker; without them both are
files in a folder that is thrown away.
"""

import atexit
import os

from clouder.testing import Premises

# A process that a test starts inherits this environment and must arrive at the same settings.
if "TEST_FOLDER" not in os.environ:
    premises = Premises.of_this_process(
        database=os.environ.get("TEST_DATABASE_URL", ""),
        broker=os.environ.get("TEST_BROKER_URL", ""),
    )
    os.environ.update(premises.as_environment())
    atexit.register(premises.take_away)
FOLDER = os.environ["TEST_FOLDER"]

for name in list(os.environ):
    if name.startswith(("PORT", "SPOTIFY_", "BEATPORT_", "MIRROR_", "SENTRY_")):
        del os.environ[name]
os.environ.update(
    SECRET_KEY="only-for-tests",
    FIELD_ENCRYPTION_KEYS="R0E5Eq7RPBfPFeSHYBJFA5ffMeMPoA10aRbaOU_yjRI=",
    ALLOWED_HOSTS="127.0.0.1,localhost,testserver",
    DEBUG="false",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{FOLDER}/clouder.sqlite3",
    CELERY_BROKER_URL=os.environ.get("TEST_BROKER_URL") or f"filesystem://{FOLDER}/broker",
    SWEEP_SECONDS="1",
)

from clouder.settings import *  # noqa: E402, F403
from clouder.settings import DATABASES, REDIS_OPTIONS  # noqa: E402

_database = DATABASES["default"]
_on_sqlite = _database["ENGINE"] == "clouder.sqlite"
_database["TEST"] = {
    "NAME": f"{FOLDER}/test.sqlite3" if _on_sqlite else os.environ["TEST_NAME"],
}
if "TEST_DATABASE_READY" in os.environ:  # a process started by a test works in the test database
    _database["NAME"] = _database["TEST"]["NAME"]

REDIS_OPTIONS["global_keyprefix"] = f"{os.environ['TEST_NAME']}:"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

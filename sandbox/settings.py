"""Settings of the stand-in, which is a small Django project of its own."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
STORAGE = Path(os.environ.get("SANDBOX_STORAGE", "var/sandbox.sqlite3"))
TRACKS = int(os.environ.get("SANDBOX_TRACKS", "0"))
OPENAPI = os.environ.get("SANDBOX_OPENAPI", "")
PORT = int(os.environ.get("SANDBOX_PORT", "8001"))

SECRET_KEY = "the sandbox keeps no secrets"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "sandbox.urls"
WSGI_APPLICATION = "sandbox.wsgi.application"
INSTALLED_APPS = ["sandbox"]
# The first gives answers their length; without it no connection is kept open.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "sandbox.exchange.Exchange"]
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STORAGE,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
}

# Only what went wrong here, not what was answered on purpose.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "raised": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: bool(record.exc_info),
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["raised"]}},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}

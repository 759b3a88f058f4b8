"""One settings file. Each environment variable is read once, here, and stands in `.env.example`."""

import os
from datetime import timedelta
from pathlib import Path

import environ
import sentry_sdk
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from clouder import reports

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))  # all that is not code
if "TEST_FOLDER" not in os.environ:  # tests do not depend on whose machine they run on
    env.read_env(BASE_DIR / ".env")
    env.read_env(VAR_DIR / "secrets.env")  # made by `make run` on a machine without a .env

DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])


def required(name: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment or in .env (see .env.example).")
    return value


SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
if not FIELD_ENCRYPTION_KEYS:
    required("FIELD_ENCRYPTION_KEYS")

# Outside services. Without a Spotify client id everything talks to the local sandbox.

SPOTIFY_CLIENT_ID = env.str("SPOTIFY_CLIENT_ID", default="")
USES_SANDBOX = not SPOTIFY_CLIENT_ID
SANDBOX_PORT = env.int("SANDBOX_PORT", default=PORT + 1)
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"


def outside(name: str, real: str, sandbox: str) -> str:
    return env.str(name, default=SANDBOX_URL + sandbox if USES_SANDBOX else real).rstrip("/")


if USES_SANDBOX:
    SPOTIFY_CLIENT_ID = "sandbox-client"
SPOTIFY_CLIENT_SECRET = env.str(
    "SPOTIFY_CLIENT_SECRET", default="sandbox-secret" if USES_SANDBOX else ""
)
SPOTIFY_API_URL = outside("SPOTIFY_API_URL", "https://api.spotify.com/v1", "/spotify/v1")
SPOTIFY_ACCOUNTS_URL = outside(
    "SPOTIFY_ACCOUNTS_URL", "https://accounts.spotify.com", "/spotify-accounts"
)
SPOTIFY_EMBED_API_URL = outside(
    "SPOTIFY_EMBED_API_URL",
    "https://open.spotify.com/embed/iframe-api/v1",
    "/spotify/embed/iframe-api/v1",
)
SPOTIFY_OPEN_URL = outside("SPOTIFY_OPEN_URL", "https://open.spotify.com", "/spotify")
BEATPORT_API_URL = outside("BEATPORT_API_URL", "https://api.beatport.com/v4", "/beatport/v4")
BEATPORT_WEB_URL = outside("BEATPORT_WEB_URL", "https://www.beatport.com", "/beatport")
BEATPORT_ACCESS_TOKEN = env.str(
    "BEATPORT_ACCESS_TOKEN", default="sandbox-beatport-access" if USES_SANDBOX else ""
)
BEATPORT_REFRESH_TOKEN = env.str(
    "BEATPORT_REFRESH_TOKEN", default="sandbox-beatport-refresh" if USES_SANDBOX else ""
)
# Spotify's terms forbid a product that also plays another service's streams, so Beatport's clips
# stay silent unless an installation decides otherwise. The sandbox has no such terms.
BEATPORT_CLIPS = env.bool("BEATPORT_CLIPS", default=USES_SANDBOX)

# Calls a day for the whole installation, by bucket of endpoints, as a client id made today may do.
SPOTIFY_DAY = {"search": 250, "write": 300, "read": 200, "other": 100}
DAY = dict.fromkeys(SPOTIFY_DAY, 10_000) if USES_SANDBOX else SPOTIFY_DAY
SPOTIFY_QUOTA = {
    "search": env.int("SPOTIFY_QUOTA_SEARCH", default=DAY["search"]),
    "write": env.int("SPOTIFY_QUOTA_WRITE", default=DAY["write"]),
    "read": env.int("SPOTIFY_QUOTA_READ", default=DAY["read"]),
    "other": env.int("SPOTIFY_QUOTA_OTHER", default=DAY["other"]),
}
# The share of each day that only what a DJ waits for may use: no late matches, no other tracks.
SPOTIFY_RESERVE = env.float("SPOTIFY_RESERVE", default=0.2)
SPOTIFY_REQUESTS_PER_SECOND = env.float(
    "SPOTIFY_REQUESTS_PER_SECOND", default=50 if USES_SANDBOX else 1
)
BEATPORT_REQUESTS_PER_SECOND = env.float(
    "BEATPORT_REQUESTS_PER_SECOND", default=50 if USES_SANDBOX else 1
)
# Connect and read, in seconds.
HTTP_TIMEOUT = (3.05, 15)
USER_AGENT = "Clouder/0.1 (sorting tool for DJs)"

# What must happen is a row; these two say how soon it is looked at.
MIRROR_DELAY_SECONDS = env.int("MIRROR_DELAY_SECONDS", default=120)
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=5 if USES_SANDBOX else 30)
# A worker that says nothing for so long is given up for dead: shorter than a sweep, so that the
# second one goes on with its work, but not too short for a call on a busy machine.
LEASE_SECONDS = max(0.9 * SWEEP_SECONDS, 1.5)

# Applications

INSTALLED_APPS = [
    "accounts",
    "catalog",
    "ingestion",
    "curation",
    "clouder",
    "clouder.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "axes",
    "django_celery_beat",
    "django_htmx",
    "ninja",
    "template_partials",
    "csp",
]

MIDDLEWARE = [
    "clouder.logs.with_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clouder.headers.permissions_policy",
    "clouder.refusals.in_json",
    "clouder.bounds.body",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clouder.logs.with_user",
    "clouder.bounds.writes",
    "accounts.middleware.local_time",
    "accounts.middleware.login_for_fragments",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "clouder.urls"
WSGI_APPLICATION = "clouder.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "curation.topbar.topbar",
            ],
        },
    }
]

# Database

DATABASES = {
    "default": env.db(
        "DATABASE_URL",
        default=f"sqlite:///{VAR_DIR / ('demo' if USES_SANDBOX else 'clouder')}.sqlite3",
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "clouder.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
        ),
    }
else:  # PostgreSQL would compile statements that read few rows for a second and more
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who may come in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_ONLY = True
SPOTIFY_SCOPES = [
    "playlist-read-private",
    "playlist-read-collaborative",
    "playlist-modify-private",
    "playlist-modify-public",
    "user-library-read",
    "user-library-modify",
    "user-read-private",
]
SOCIALACCOUNT_PROVIDERS = {
    "spotify": {
        "APPS": [
            {
                "client_id": SPOTIFY_CLIENT_ID,
                "secret": SPOTIFY_CLIENT_SECRET,
                "key": "",
            }
        ],
        "SCOPE": SPOTIFY_SCOPES,
        "OAUTH_PKCE_ENABLED": True,
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = ["ip_address"]
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_of"
AXES_USERNAME_CALLABLE = "accounts.lockout.nameless"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.refuse"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # one truth for all processes
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60

# On https (ALLOWED_HOSTS names a real host) cookies and redirects are strict.

IS_PUBLIC = bool(set(ALLOWED_HOSTS) - {"127.0.0.1", "localhost", "testserver"})
SESSION_COOKIE_SECURE = IS_PUBLIC
CSRF_COOKIE_SECURE = IS_PUBLIC
# With this name browsers take them from this very host and over https only.
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_PUBLIC else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_PUBLIC else "csrftoken"
SECURE_SSL_REDIRECT = IS_PUBLIC
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PUBLIC
SECURE_HSTS_PRELOAD = IS_PUBLIC
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PUBLIC else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if IS_PUBLIC else []

EMBED_ORIGINS = (
    [SANDBOX_URL]
    if USES_SANDBOX
    else ["https://open.spotify.com", "https://embed-cdn.spotifycdn.com"]
)
IMAGE_ORIGINS = (
    [SANDBOX_URL]
    if USES_SANDBOX
    else ["https://geo-media.beatport.com", "https://i.scdn.co", "https://*.spotifycdn.com"]
)
SOUND_ORIGINS = [SANDBOX_URL] if USES_SANDBOX else ["https://geo-samples.beatport.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, *EMBED_ORIGINS],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", *IMAGE_ORIGINS],
        "media-src": [SELF, *SOUND_ORIGINS],
        "connect-src": [SELF],
        "frame-src": EMBED_ORIGINS,
        "form-action": [SELF, SANDBOX_URL if USES_SANDBOX else SPOTIFY_ACCOUNTS_URL],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PLAYERS = " ".join(["self", *(f'"{origin}"' for origin in EMBED_ORIGINS)])
NOBODY = [
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
]
PLAYING = ["autoplay", "clipboard-write", "encrypted-media", "fullscreen", "picture-in-picture"]
PERMISSIONS_POLICY = ", ".join(
    [*(f"{name}=()" for name in NOBODY), *(f"{name}=({PLAYERS})" for name in PLAYING)]
)

# Language and time

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = "clouder.formats"
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clouder.static.StaticFilesStorage"},
}

# Celery. The laptop has no broker to install: messages are files in var/broker (clouder.broker).

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=f"filesystem://{VAR_DIR / 'broker'}")
FOLDER_OPTIONS: dict[str, object] = {"polling_interval": 0.05}
REDIS_OPTIONS: dict[str, object] = {
    "global_keyprefix": "clouder:",
    "visibility_timeout": 60 * 60,
    # A dead broker holds a click up for less than a second: the row waits, the sweep finds it.
    "socket_connect_timeout": 0.3,
    "socket_timeout": 0.3,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
BROKER_IS_A_FOLDER = CELERY_BROKER_URL.startswith("filesystem:")
CELERY_BROKER_TRANSPORT_OPTIONS = FOLDER_OPTIONS if BROKER_IS_A_FOLDER else REDIS_OPTIONS
CELERY_WORKER_ENABLE_REMOTE_CONTROL = not BROKER_IS_A_FOLDER
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "clouder"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # nothing is kept, so nothing needs cleaning up
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Only a worker of processes keeps these; threads rely on HTTP timeouts and leases.
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_BEAT_SCHEDULER = "clouder.schedules:Scheduler"

LOG_FORMAT = env.str("LOG_FORMAT", default="json" if IS_PUBLIC else "line")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"facts": {"()": "clouder.logs.Facts"}},
    "formatters": {
        "line": {
            "()": "clouder.logs.Line",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {
            "()": "clouder.logs.Json",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["facts"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # At DEBUG spotipy tells what it sends, and templates the addresses that they were asked for.
    "loggers": {
        "django.template": {"level": "INFO"},
        "axes": {"level": "WARNING"},
        "spotipy": {"level": "WARNING"},
        "urllib3": {"level": "INFO"},
        # A line per request and task is for machines, which count them.
        "clouder.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "clouder.tasks": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        # A line per message is noise where sweeps run every few seconds.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

# Errors, without what our variables and requests held: tokens are among them.

SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    sentry_sdk.init(SENTRY_DSN, **reports.OPTIONS)

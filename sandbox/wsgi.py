"""The WSGI application; the tables are there when it is imported."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from sandbox import store  # noqa: E402

store.prepare()
print(f"sandbox: serving http://127.0.0.1:{settings.PORT}", flush=True)

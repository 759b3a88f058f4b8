"""The WSGI application; the tables are there once it is asked for."""

from __future__ import annotations

import os
from typing import Any


def application() -> Any:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    from django.core.wsgi import get_wsgi_application

    made = get_wsgi_application()
    from sandbox import openapi, store

    store.prepare()
    if openapi.is_enabled():
        openapi.schema()
    return made

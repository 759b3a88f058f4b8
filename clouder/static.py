import re
from collections.abc import Callable
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also for what our JavaScript modules import from one another."""

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        # htmx imports nothing, but types in its comments look as if it did.
        if name.startswith("django_htmx/"):
            return lambda match: match["matched"]
        convert: Any = super().url_converter(name, hashed_files, template)
        return convert

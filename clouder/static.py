from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also for what our JavaScript modules import from one another."""

    support_js_module_import_aggregation = True

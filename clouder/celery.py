import os

from celery import Celery, signals

from clouder import broker  # noqa: F401  (registers filesystem://)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clouder.settings")

app = Celery("clouder")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_the_logging_of_the_settings(**kwargs: object) -> None:
    """With a receiver here Celery leaves logging as Django has set it up."""

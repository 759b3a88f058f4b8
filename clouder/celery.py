import os

from celery import Celery, signals
from celery.contrib.django.task import DjangoTask
from django.db import transaction

from clouder import broker  # noqa: F401  (registers filesystem://)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clouder.settings")


class Task(DjangoTask):
    def delay_on_commit(self, *args: object, **kwargs: object) -> None:
        """The nudge. A dead broker is logged and fails nothing: the sweep finds the row."""
        # No partial: Django asks a robust hook that failed for its __qualname__.
        transaction.on_commit(lambda: self.delay(*args, **kwargs), robust=True)


app = Celery("clouder", task_cls=Task)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_the_logging_of_the_settings(**kwargs: object) -> None:
    """With a receiver here Celery leaves logging as Django has set it up."""

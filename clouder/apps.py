import gc

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class ClouderConfig(AppConfig):
    name = "clouder"

    def ready(self) -> None:
        from clouder import schedules

        beat = apps.get_app_config("django_celery_beat")
        post_migrate.connect(schedules.create_defaults, sender=beat)
        gc.freeze()  # what is loaded by now stays: no use in looking at it with each collection


class AdminConfig(admin_apps.AdminConfig):
    default = False  # the one above is
    default_site = "clouder.admin_site.Site"

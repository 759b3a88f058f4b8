from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from accounts import connection


@shared_task
def look_after_connections() -> None:
    connection.warn_of_ends()
    connection.renew_rested()


@shared_task
def forget_ended_sessions() -> None:
    SessionStore.clear_expired()

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from catalog.tests.factories import GenreFactory
from ingestion.models import IngestRun


class IngestRunFactory(DjangoModelFactory):
    """Queued, for week 47 of 2026. `finished=True` gives it its end a minute ago."""

    class Meta:
        model = IngestRun

    class Params:
        finished = factory.Trait(
            status=IngestRun.Status.COMPLETE,
            finished_at=factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=1)),
        )

    genre = factory.SubFactory(GenreFactory)
    year = 2026
    week = 47

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.tests.factories import UserFactory
from catalog.tests.factories import TrackFactory
from curation import categories
from curation.models import CurationPeriod, CurationTrack, PeriodPlaylist, Style, UserCategory


class StyleFactory(DjangoModelFactory):
    class Meta:
        model = Style

    name = factory.Sequence(lambda n: f"Style {n}")
    slug = factory.Sequence(lambda n: f"style-{n}")


class UserCategoryFactory(DjangoModelFactory):
    class Meta:
        model = UserCategory

    user = factory.SubFactory(UserFactory)
    style = factory.SubFactory(StyleFactory)
    name = factory.Sequence(lambda n: f"Category {n}")


class CurationPeriodFactory(DjangoModelFactory):
    """A week with the categories Warm Up and Peak Time, and Trash, without tracks."""

    class Meta:
        model = CurationPeriod
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    style = factory.SubFactory(StyleFactory)
    year = 2026
    week = 46
    filled_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def categories(self, create, names, **kwargs):
        names = ["Warm Up", "Peak Time"] if names is None else names
        categories.create_first(user=self.user, style=self.style, names=names)
        categories.prepare_playlists(self)


class CurationTrackFactory(DjangoModelFactory):
    class Meta:
        model = CurationTrack

    curation_period = factory.SubFactory(CurationPeriodFactory)
    track = factory.SubFactory(TrackFactory)
    recording_key = factory.SelfAttribute("track.recording_key")
    position = factory.Sequence(int)


def playlist_of(period: CurationPeriod, name: str) -> PeriodPlaylist:
    return period.playlists.get(user_category__name=name)

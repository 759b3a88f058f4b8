from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from curation import categories
from curation.models import LATELY, CurationPeriod, Style, UserCategory
from curation.tests.factories import CurationPeriodFactory, StyleFactory, UserCategoryFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LONG_AGO = NOW - LATELY - timedelta(hours=1)


def is_in_use(style: Style) -> bool:
    return Style.objects.in_use(NOW).filter(pk=style.pk).exists()


def opened(**fields) -> CurationPeriod:
    """A week that its DJ opened, or worked on, when the fields say."""
    period = CurationPeriodFactory()
    CurationPeriod.objects.filter(pk=period.pk).update(**fields)
    return period


def test_a_style_with_nobody_in_it_is_not_in_use():
    assert not is_in_use(StyleFactory())


def test_a_week_opened_lately_is_a_use():
    assert is_in_use(opened(created_at=NOW - timedelta(days=50)).style)


def test_so_is_a_closed_one():
    assert is_in_use(opened(status=CurationPeriod.Status.CLOSED).style)


def test_a_decision_in_an_old_week_is_a_use():
    assert is_in_use(opened(created_at=LONG_AGO, decided_at=NOW).style)


def test_weeks_left_alone_for_long_are_not():
    assert not is_in_use(opened(created_at=LONG_AGO, decided_at=LONG_AGO).style)


def test_a_dj_who_has_left_uses_nothing():
    period = opened()
    period.user.is_active = False
    period.user.save()

    assert not is_in_use(period.style)


def test_a_style_that_was_switched_off_is_not_in_use():
    period = opened()
    Style.objects.filter(pk=period.style_id).update(is_active=False)

    assert not is_in_use(period.style)


def test_categories_of_a_new_dj_are_a_use():
    assert is_in_use(UserCategoryFactory().style)


def test_so_are_those_of_a_dj_who_came_back_lately():
    user = UserFactory(date_joined=LONG_AGO, last_login=NOW)

    assert is_in_use(UserCategoryFactory(user=user).style)


def test_categories_of_a_dj_who_never_came_back_are_not():
    user = UserFactory(date_joined=LONG_AGO, last_login=LONG_AGO)

    assert not is_in_use(UserCategoryFactory(user=user).style)


def test_trash_alone_is_not_a_use():
    style = StyleFactory()
    categories.ensure_trash(UserFactory(), style)

    assert UserCategory.objects.filter(style=style, is_trash=True).exists()
    assert not is_in_use(style)


def test_a_new_dj_in_one_style_does_not_keep_an_old_one_in_use():
    period = opened(created_at=LONG_AGO)
    UserCategoryFactory(user=period.user)

    assert period.user.last_login is None
    assert not is_in_use(period.style)


def test_the_use_of_others_counts_where_one_dj_has_left():
    period = opened(created_at=LONG_AGO)
    CurationPeriodFactory(style=period.style)

    assert is_in_use(period.style)
    assert list(Style.objects.in_use(NOW)) == [period.style]

import pytest

from curation import mixing


@pytest.mark.parametrize(
    ("key", "fitting"),
    [
        ("8A", {"8A", "7A", "9A", "8B"}),
        ("8B", {"8B", "7B", "9B", "8A"}),
        ("1A", {"1A", "12A", "2A", "1B"}),
        ("12B", {"12B", "11B", "1B", "12A"}),
        ("", set()),
    ],
)
def test_keys_that_fit(key, fitting):
    assert set(mixing.fitting_keys(key)) == fitting


def test_the_same_key_fits_best_then_its_relative():
    assert mixing.fitting_keys("10A")[:2] == ("10A", "10B")


@pytest.mark.parametrize(
    ("bpm", "fitting"),
    [(100, (94, 106)), (128, (121, 135)), (136, (128, 144)), (174, (164, 184)), (1, (1, 1))],
)
def test_tempos_within_six_percent(bpm, fitting):
    assert mixing.fitting_tempos(bpm) == fitting


def test_fitting_goes_both_ways():
    keys = [f"{hour}{ring}" for hour in range(1, 13) for ring in "AB"]

    for key in keys:
        assert all(key in mixing.fitting_keys(other) for other in mixing.fitting_keys(key))

import io

from django.core.management.base import OutputWrapper

from ingestion.progress_bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(stream: io.StringIO, *steps: tuple[int, int | None]) -> str:
    bar = ProgressBar(OutputWrapper(stream))
    for done, total in steps:
        bar.show(done, total, "tracks")
    bar.end()
    return stream.getvalue()


def test_the_bar_grows_in_its_place():
    half, full = drawn(Terminal(), (1, 2), (2, 2)).split("\r")[1:]

    assert (half.count("#"), full.count("#")) == (15, 30)
    assert "1 of 2 tracks" in half
    assert full.endswith("\n")


def test_what_has_no_total_is_counted():
    assert "7 tracks" in drawn(Terminal(), (7, None))


def test_more_than_expected_fills_the_bar_and_no_more():
    assert drawn(Terminal(), (9, 3)).count("#") == 30


def test_nothing_is_drawn_where_nobody_looks():
    assert drawn(io.StringIO(), (1, 2)) == ""

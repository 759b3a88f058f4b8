import pytest

from ingestion import queries


@pytest.mark.parametrize(
    ("title", "artist", "query"),
    [
        ("Rain", "Ada", "track:rain artist:ada"),
        ("Rain (Extended Mix)", "Konvex (FR)", "track:rain artist:konvex"),
        ("Love Is Not Enough feat. Zoe Johnston", "Above & Beyond", "above & beyond"),
        ("222 / Unknowable", "G Jones", "track:222 unknowable artist:g jones"),
        ("Do OR Die", "Ada", "track:do or die artist:ada"),
        ('Say "isrc:X"', "Ada", "track:say isrc x artist:ada"),
        ("(I Can't)", "Ada", "track:i can't artist:ada"),
        ("-NOT- This", "Ada", "track:not- this artist:ada"),
    ],
)
def test_a_title_and_one_artist(title, artist, query):
    assert query in queries.by_title(title, artist)


def test_a_query_stays_short():
    assert len(queries.by_title("long " * 100, "name " * 100)) < 250


def test_a_release_and_an_isrc():
    assert queries.by_album("Blueprint EP", "Rhouten (UK)") == "album:blueprint ep artist:rhouten"
    assert queries.by_isrc("GBKQU2578872") == "isrc:GBKQU2578872"

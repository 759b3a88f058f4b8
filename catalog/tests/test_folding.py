import pytest

from catalog.folding import MOST, fold, fold_all


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Ørsted", "orsted"),
        ("Beyoncé & Łukasz", "beyonce lukasz"),
        ("Đorđe Æon Straße", "dorde aeon strasse"),
        ("Don’t Stop (Me) Now!", "dont stop me now"),
        ("A.M.C_x", "a m c x"),
        ("ＦＵＬＬ ｗｉｄｅ", "full wide"),
        ("東京", "東京"),
        ("İstanbul ışık", "istanbul isik"),
        ("!!!", "!!!"),
        ("🔥", "🔥"),
        ("  \x00 ", ""),
    ],
)
def test_text_loses_what_a_keyboard_may_lack(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize("text", ["Ørsted", "ﷺ" * 300, "Łódź ½", "!!!", "İ"])
def test_folding_again_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_letters_may_come_with_their_accents_apart():
    assert fold("e\u0301te\u0301") == fold("\u00e9t\u00e9") == "ete"


def test_codes_lose_what_stands_between():
    assert (
        fold_all(["Salt Flat"], ["CAT-001", "GB-KQU-25-78872"]) == "salt flat cat001 gbkqu2578872"
    )


def test_mix_names_that_nearly_all_tracks_have_are_left_out():
    assert fold_all(["Salt Flat", "Original Mix"]) == "salt flat"
    assert fold_all(["Salt Flat", "Dub Mix"]) == "salt flat dub mix"


def test_no_text_grows_without_end():
    assert len(fold("x" * 10_000)) == MOST
    assert len(fold_all(["ﷺ" * 255, "ﷺ" * 255])) <= MOST

from sandbox import fields


def test_names_dots_and_brackets() -> None:
    assert fields.parse("snapshot_id,items.total") == {"snapshot_id": {}, "items": {"total": {}}}
    assert fields.parse("items(added_at,item(uri,id)),next") == {
        "items": {"added_at": {}, "item": {"uri": {}, "id": {}}},
        "next": {},
    }
    assert fields.parse("items.items(item.uri)") == {"items": {"items": {"item": {"uri": {}}}}}


def test_nothing_asked_is_everything() -> None:
    assert fields.pick({"a": 1}, fields.parse("")) == {"a": 1}


def test_what_is_not_there_is_left_out() -> None:
    chosen = fields.parse("a(b),z")

    assert fields.pick({"a": [{"b": 1, "c": 2}, None], "d": 3}, chosen) == {"a": [{"b": 1}, None]}


def test_rows_are_wanted_only_when_named() -> None:
    assert fields.wants_rows(fields.parse(""))
    assert fields.wants_rows(fields.parse("items(items(item(uri)))"))
    assert fields.wants_rows(fields.parse("items"))
    assert not fields.wants_rows(fields.parse("snapshot_id,items.total"))


def test_broken_input_does_no_harm() -> None:
    for text in ("(", ")", "a(", "a.", "a((b", ",,,"):
        assert isinstance(fields.parse(text), dict)

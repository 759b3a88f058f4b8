"""What a test can change about how the two services behave."""

from __future__ import annotations

from typing import Any

DEFAULTS: dict[str, Any] = {
    # Spotify
    "old_item_shape": False,  # playlist rows carry `track` in place of `item`
    "public_comes_back_true": False,  # whatever was asked
    "snapshot_lag_seconds": 0,  # an older snapshot is shown for so long after a write
    "isrc_or": False,  # `isrc:A OR isrc:B` finds both
    "dead_uris": [],  # any write with one of these answers 502
    "null_uris": [],  # rows with these come back with a null item
    "new_refresh_token": "sometimes",  # "always", "never"
    # Beatport
    "beatport_access_expired": False,  # the well-known access token is over
    "beatport_refresh_dead": False,  # and the well-known refresh token
    "challenge": False,  # pages answer with the bot check: True, "title", "redirect" or "no-data"
    "drifting_rows": False,  # a page begins with the last row before it, in place of its own first
    "count_off_by": 0,  # `count` is that much too high
    "count_is_missing": False,  # `count` is null
    "restless_order": False,  # within a day the order is another one for each request
    "ignores_per_page": False,  # ten rows a page, whatever was asked
    "bogus_next": False,  # the last page names a next one, too
    "endless_pages": False,  # there is always one more page, with rows that came before
    "taken_down": [],  # these tracks come as `takedown`
    "corrected": [],  # these tracks have got another title
    "unlisted": [],  # these tracks are in no list any more
    "hostile_rows": False,  # a few broken rows on the first page
}

_values = dict(DEFAULTS)


def get(name: str) -> Any:
    return _values[name]


def state() -> dict[str, Any]:
    return dict(_values)


def change(values: dict[str, Any]) -> None:
    unknown = sorted(set(values) - set(DEFAULTS))
    if unknown:
        raise ValueError(f"There is no switch called {', '.join(unknown)}.")
    _values.update(values)


def reset() -> None:
    _values.clear()
    _values.update(DEFAULTS)

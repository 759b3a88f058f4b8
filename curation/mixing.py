"""Which tracks mix with which, as DJs reckon it: by the Camelot wheel and by tempo. Pure."""

HOURS = 12
SPAN = 6  # percent of pitch up or down
OTHER_RING = {"A": "B", "B": "A"}


def fitting_keys(key: str) -> tuple[str, ...]:
    """Of 8A: 8A itself, its relative 8B, and the hours beside it, 7A and 9A. () for no key."""
    if not key:
        return ()
    hour, ring = int(key[:-1]), key[-1]
    before, after = (hour - 2) % HOURS + 1, hour % HOURS + 1
    return key, f"{hour}{OTHER_RING[ring]}", f"{before}{ring}", f"{after}{ring}"


def fitting_tempos(bpm: int) -> tuple[int, int]:
    """The slowest and the fastest whole tempo within the span."""
    return -(-bpm * (100 - SPAN) // 100), bpm * (100 + SPAN) // 100

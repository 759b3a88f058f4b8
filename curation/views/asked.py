"""What browsers send, as a database can take it."""

from collections.abc import Mapping


def text(data: Mapping[str, str], name: str) -> str:
    """One field. PostgreSQL refuses NUL, which nobody types."""
    return data.get(name, "").replace("\x00", "")

from curation.admin import outbox, styles, weeks

__all__ = ["outbox", "styles", "weeks"]

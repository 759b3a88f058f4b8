"""Twenty-four hours, as the pages have them."""

DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"

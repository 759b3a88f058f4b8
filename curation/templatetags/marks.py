"""The small drawings of the pages: icons, layers, Camelot dials, sleeves."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Track

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    box = "0 0 28 22" if name == "clouder" else "0 0 20 20"
    return format_html(
        '<svg class="{}" viewBox="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        "mark" if name == "clouder" else "icon",
        box,
        static("icons.svg"),
        name,
    )


@register.inclusion_tag("partials/layer.html")
def layer(name: str, text: str = "") -> dict:
    """Three bars; the filled one says which layer: golden on top, bronze at the bottom."""
    return {"name": name, "text": text}


@register.inclusion_tag("partials/camelot.html")
def camelot(key: str) -> dict:
    return {"key": key, "hour": key[:-1], "ring": key[-1:]}


@register.inclusion_tag("partials/sleeve.html")
def sleeve(track: Track, size: int) -> dict:
    """The cover of a track's release at the given number of CSS pixels, or a blank label."""
    release = track.release
    return {
        "url": release.artwork_url(size * 2) if release else "",
        "size": size,
        "title": release.title if release else track.title,
        "catalog_number": release.catalog_number if release else "",
    }

"""What the catalogue's list tables share: how columns look, and what lists are sorted by."""

from typing import Any, Final

from django.db.models import F
from django.db.models.functions import Collate, Lower
from django.utils.html import format_html
from django.utils.safestring import SafeString

from m3console.core.lists.keyset import SortKey

BY_NAME: Final[dict[str, SortKey]] = {"name": Collate(Lower("name"), "C"), "code": F("code")}
MONO: Final[dict[str, Any]] = {"td": {"class": "mono"}}
NUM: Final[dict[str, Any]] = {"th": {"class": "num"}, "td": {"class": "num"}}
HIDE: Final[dict[str, Any]] = {"th": {"class": "hide-md"}, "td": {"class": "hide-md"}}


def priced_tag(priced: bool) -> SafeString:
    """What a list says of a plan's prices."""
    return format_html('<span class="tag">{}</span>', "priced" if priced else "unpriced")

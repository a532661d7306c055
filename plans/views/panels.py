"""Panels of a page that list what belongs to an entity, the first ones and a link to all."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.html import format_html
from django.utils.safestring import SafeString

from m3console.core import permissions
from m3console.core.http import Request
from m3console.core.links import reverse
from plans.models import Product

SHOWN = 50


def link(url_name: str, entity: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(url_name, pk=entity.pk), str(entity))


def scope(product: Product | None) -> SafeString | str:
    """The product that something belongs to, or that it is global."""
    return link("plans:product_detail", product) if product else SafeString('<span class="tag">Global</span>')


def panel(
    request: Request,
    rows: QuerySet[Any],
    *,
    key: str,
    title: str,
    text: Callable[[Any], str],
    owner: tuple[str, Any],
    empty: str,
) -> dict[str, Any]:
    """A panel of rows (name, code, a text): `owner` is what filters the list and is filled in on create."""
    found = list(rows.order_by(Lower("name"), "id")[: SHOWN + 1])
    query = "?" + urlencode({owner[0]: owner[1].pk})
    create = f"plans:{key}_create"
    return {
        "id": f"{key}s",
        "title": title,
        "rows": [_row(key, row, text(row)) for row in found[:SHOWN]],
        "all_url": reverse(f"plans:{key}_list") + query if len(found) > SHOWN else "",
        "create_url": reverse(create) + query if permissions.allows(request.membership.role, create) else "",
        "create_label": f"Create {key.replace('_', ' ')}",
        "empty": empty,
    }


def _row(key: str, row: Any, text: str) -> dict[str, str]:
    url = reverse(f"plans:{key}_detail", pk=row.pk)
    return {"name": str(row), "code": row.code or "", "url": url, "text": text}

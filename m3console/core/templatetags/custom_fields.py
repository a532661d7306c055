"""The panel of an entity's custom fields, which any page of the entity shows by one tag."""

from typing import Any

from django import template

from m3console.core.custom_fields.values import entity_type_of, shown_custom_fields

register = template.Library()


@register.inclusion_tag("m3console/_custom_fields.html")
def custom_fields_panel(
    entity: Any,
    edit_url: str = "",
    *,
    title: str = "Custom fields",
    key: str = "custom-fields",
    explained: bool = True,
    even_empty: bool = True,
) -> dict[str, Any]:
    """Every custom field of the entity with Copy, the organization's value struck out where it is overridden.

    One query. `edit_url` is the page of the entity's form, for whoever may change it; of several panels on
    a page the first is `explained`. Without any value it says so, unless it is not to be shown `even_empty`.
    """
    shown = shown_custom_fields(entity)
    return {
        "fields": shown,
        "is_shown": bool(shown) or even_empty,
        "struck": explained and any(each.overridden for each in shown),
        "noun": entity_type_of(type(entity)).label.lower(),
        "edit_url": edit_url,
        "title": title,
        "key": key,
    }

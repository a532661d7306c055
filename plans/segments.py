"""Segments of an aggregation: maps of segmented field to value, `*` for any value, {} for the rest."""

import json
from collections.abc import Mapping, Sequence

ANY = "*"
Segment = Mapping[str, str]


def segment_key(segment: Segment | None) -> str:
    """The segment as canonical text, equal for equal segments; empty for an aggregation without any."""
    if segment is None:
        return ""
    return json.dumps(dict(segment), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def segment_text(segment: Segment | None, order: Sequence[str] = ()) -> str:
    """The segment as people read it, “region eu, size any”, in the order of the aggregation's fields.

    The database keeps a segment's fields in an order of its own.
    """
    if segment is None:
        return ""
    if not segment:
        return "everything else"
    placed = sorted(
        segment.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)
    )
    return ", ".join(f"{field} {'any' if value == ANY else value}" for field, value in placed)

"""Segments of an aggregation: maps of segmented field to value, `*` for any value, {} for the rest."""

import json
from collections.abc import Mapping

ANY = "*"
Segment = Mapping[str, str]


def segment_key(segment: Segment | None) -> str:
    """The segment as canonical text, equal for equal segments; empty for an aggregation without any."""
    if segment is None:
        return ""
    return json.dumps(dict(segment), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def segment_text(segment: Segment | None) -> str:
    """The segment as people read it: “region eu, size any”."""
    if segment is None:
        return ""
    if not segment:
        return "everything else"
    return ", ".join(f"{field} {'any' if value == ANY else value}" for field, value in segment.items())

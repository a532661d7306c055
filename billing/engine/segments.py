"""Which segment of an aggregation takes a measurement, and how segments are named and ordered (spec 7)."""

from collections.abc import Mapping, Sequence

from billing.engine.types import DEFAULT_SEGMENT, Segment

ANY = "*"


def ranked(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments in the order in which they are tried: the first that matches a measurement takes it.

    Segments with more values that are no wildcard come first, equals as listed, the default segment last.
    """
    return tuple(sorted(segments, key=_vagueness))


def _vagueness(segment: Segment) -> tuple[bool, int]:
    return segment == DEFAULT_SEGMENT, -sum(value != ANY for _, value in segment)


def matches(segment: Segment, dimensions: Mapping[str, str | None]) -> bool:
    """Whether a measurement of these dimensions is in the segment; `*` stands for any value, not for none."""
    for field, value in segment:
        own = dimensions.get(field)
        if own is None or value not in (ANY, own):
            return False
    return True


def assign(segments: Sequence[Segment], dimensions: Mapping[str, str | None]) -> Segment | None:
    """The one segment that takes a measurement; None if it is unpriced usage."""
    return next((segment for segment in ranked(segments) if matches(segment, dimensions)), None)


def position(segment: Segment | None, segments: Sequence[Segment]) -> int:
    """Where a line of this segment stands among its aggregation's; one no longer listed comes last."""
    return segments.index(segment) if segment in segments else len(segments)


def label(segment: Segment, fields: Sequence[str]) -> str:
    """The segment in a line's description: "gpu, any region", in the order of the aggregation's fields."""
    values = dict(segment)
    named = [f"any {field}" if values[field] == ANY else values[field] for field in fields if field in values]
    return ", ".join(named) or "default"

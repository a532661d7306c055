import pytest

from billing.engine.segments import assign, label, matches, position, ranked

EU_ANY = (("region", "eu"), ("size", "*"))
EU_BIG = (("region", "eu"), ("size", "big"))
ANY_BIG = (("region", "*"), ("size", "big"))
ANY_ANY = (("region", "*"), ("size", "*"))
DEFAULT = ()


@pytest.mark.parametrize(
    ("segments", "region", "size", "expected"),
    [
        ((EU_ANY, EU_BIG, DEFAULT), "eu", "small", EU_ANY),
        ((EU_ANY, EU_BIG, DEFAULT), "eu", "big", EU_BIG),
        ((EU_ANY, EU_BIG, DEFAULT), "us", "big", DEFAULT),
        ((EU_ANY, EU_BIG), "us", "big", None),
        ((DEFAULT, EU_BIG), "eu", "big", EU_BIG),
        ((EU_ANY, ANY_BIG), "eu", "big", EU_ANY),
        ((ANY_BIG, EU_ANY), "eu", "big", ANY_BIG),
        ((ANY_ANY, DEFAULT), "us", "small", ANY_ANY),
        ((DEFAULT, ANY_ANY), "us", "small", ANY_ANY),
        ((ANY_ANY, DEFAULT), "us", None, DEFAULT),
        ((EU_ANY,), "eu", None, None),
        ((EU_BIG,), "EU", "big", None),
        ((), "eu", "big", None),
    ],
)
def test_the_most_specific_segment_takes_a_measurement(segments, region, size, expected):
    assert assign(segments, {"region": region, "size": size}) == expected


def test_a_star_in_a_measurement_is_a_value_like_any_other():
    assert not matches(EU_BIG, {"region": "eu", "size": "*"})
    assert matches(EU_ANY, {"region": "eu", "size": "*"})


def test_a_field_that_a_measurement_lacks_matches_nothing():
    assert not matches(EU_ANY, {"region": "eu"})


def test_segments_are_tried_from_the_most_specific_to_the_default():
    assert ranked((DEFAULT, ANY_ANY, EU_ANY, ANY_BIG, EU_BIG)) == (EU_BIG, EU_ANY, ANY_BIG, ANY_ANY, DEFAULT)


def test_lines_stand_in_the_order_of_the_aggregations_list():
    segments = (EU_ANY, EU_BIG, DEFAULT)
    assert [position(segment, segments) for segment in (EU_ANY, EU_BIG, DEFAULT)] == [0, 1, 2]
    assert position(ANY_BIG, segments) == 3
    assert position(None, ()) == 0


@pytest.mark.parametrize(
    ("segment", "expected"),
    [(EU_BIG, "big, eu"), (EU_ANY, "any size, eu"), ((("region", "eu"),), "eu"), (DEFAULT, "default")],
)
def test_a_segment_is_named_by_its_values_in_the_order_of_the_fields(segment, expected):
    assert label(segment, ("size", "region")) == expected

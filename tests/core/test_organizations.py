import pytest

from m3console.core.errors import RuleViolation
from m3console.core.models import Currency
from m3console.core.organizations import create_organization


def test_a_listed_currency_replaces_the_built_in_one(db):
    config = {"currencies": [{"code": "USD", "name": "Dollar", "maxDecimalPlaces": 5}]}
    made = create_organization(slug="focus", name="Focus", config=config)
    assert Currency.objects.get(organization=made, code="USD").max_decimal_places == 5


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"organization": {"currency": "XXX"}}, "There is no currency XXX"),
        ({"organization": {"timezone": "Mars/Base"}}, "not a time zone"),
        ({"organization": {"colour": "red"}}, "Unknown key “colour”"),
        ({"currencies": [{"code": "EUR", "maxDecimalPlaces": 6}]}, "0 to 5 decimal places"),
        ({"currencies": [{"code": "E-R"}]}, "letters, digits"),
        (
            {"organization": {"currencyConversions": [{"from": "EUR", "to": "USD", "multiplier": "NaN"}]}},
            "not a number",
        ),
        (
            {"organization": {"currencyConversions": [{"from": "EUR", "to": "USD", "multiplier": "0"}]}},
            "above 0",
        ),
    ],
)
def test_nonsense_in_a_configuration_is_refused_in_a_sentence(db, config, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        create_organization(slug="x", name="X", config=config)


def test_a_slug_is_taken_once(db):
    create_organization(slug="x", name="X")
    with pytest.raises(RuleViolation, match="already"):
        create_organization(slug="x", name="Y")

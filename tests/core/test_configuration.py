"""Configuration and currencies of an organization: who may, what is refused, what is kept."""

from datetime import date
from decimal import Decimal

import pytest

from m3console.core.configuration import create_currency, update_currency, update_organization
from m3console.core.errors import RuleViolation, StaleVersion
from m3console.core.links import reverse
from m3console.core.models import Currency, CurrencyConversion

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(sign_in):
    return sign_in("administrator")


def text(answer):
    return " ".join(answer.content.decode().split())


def settings_of(organization, *rates, **changes):
    """What the form sends: everything as it is, with changes, and rates as rows."""
    names = (
        "name", "currency", "timezone", "year_epoch", "month_epoch", "week_epoch", "day_epoch",
        "days_before_bill_due", "external_invoice_date", "version",
    )  # fmt: skip
    sent = {name: getattr(organization, name) for name in names} | {"auto_create_accounts": "on"} | changes
    sent |= {"row-TOTAL_FORMS": len(rates), "row-INITIAL_FORMS": 0}
    for number, (source, target, multiplier) in enumerate(rates):
        sent |= {
            f"row-{number}-from_currency": source,
            f"row-{number}-to_currency": target,
            f"row-{number}-multiplier": multiplier,
        }
    return sent


def rates_of(organization):
    rows = CurrencyConversion.objects.filter(organization=organization)
    return set(rows.values_list("from_currency", "to_currency", "multiplier"))


def test_settings_and_conversions_are_saved_together(administrator, organization):
    url = reverse("core:organization_edit")
    sent = settings_of(
        organization, ("EUR", "USD", "1.08"), ("GBP", "USD", "1.27"), name="Acme Cloud",
        days_before_bill_due=14, timezone="Europe/Berlin", suppress_empty_bills="on",
    )  # fmt: skip
    answer = administrator.post(url, sent, follow=True)
    assert "The configuration is updated." in text(answer)
    organization.refresh_from_db()
    assert (organization.name, organization.days_before_bill_due) == ("Acme Cloud", 14)
    assert (organization.timezone, organization.suppress_empty_bills) == ("Europe/Berlin", True)
    assert organization.version == 2
    assert organization.updated_by.email == "administrator@acme.example"
    assert rates_of(organization) == {("EUR", "USD", Decimal("1.08")), ("GBP", "USD", Decimal("1.27"))}


def test_a_pair_that_stays_keeps_its_row_and_its_history(administrator, organization):
    update_organization(organization, version=1, conversions=[("EUR", "USD", Decimal("1.08"))])
    kept = CurrencyConversion.objects.get()
    update_organization(organization, version=2, conversions=[("EUR", "USD", Decimal("1.10"))])
    assert CurrencyConversion.objects.get().pk == kept.pk
    told = text(administrator.get(reverse("core:organization_history")))
    assert "multiplier" in told
    assert "1.08" in told
    assert "1.1<" in told.replace(" ", "")
    update_organization(organization, version=3, conversions=[])
    assert not CurrencyConversion.objects.exists()


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ([("EUR", "EUR", "1")], "EUR needs no conversion to itself."),
        ([("EUR", "USD", "1"), ("EUR", "USD", "2")], "The conversion from EUR to USD is listed twice."),
        ([("EUR", "USD", "0")], "The multiplier from EUR to USD must be above 0."),
        ([("EUR", "USD", "-1")], "The multiplier from EUR to USD must be above 0."),
        ([("EUR", "USD", "NaN")], "“NaN” is not a number."),
        ([("EUR", "USD", "1e999")], "A number has at most 40 digits."),
        ([("EUR", "", "1")], "Conversion 1, to: Choose a currency."),
        ([("EUR", "usd", "1")], "Select a valid choice."),
    ],
)
def test_a_conversion_that_makes_no_sense_is_refused_and_stays_typed(
    administrator, organization, rates, sentence
):
    answer = administrator.post(reverse("core:organization_edit"), settings_of(organization, *rates))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert f'value="{rates[0][2]}"' in text(answer)
    assert not CurrencyConversion.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": "a\u202eb"}, "invisible character"),
        ({"timezone": "Mars/Base"}, "Select a valid choice."),
        ({"currency": "XXX"}, "Select a valid choice."),
        ({"month_epoch": "0001-01-01"}, "Choose a day from 1900 to 2999."),
        ({"days_before_bill_due": "99999"}, "less than or equal to 3650"),
        ({"days_before_bill_due": "٣٠x"}, "Enter a whole number."),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(administrator, organization, changes, sentence):
    answer = administrator.post(reverse("core:organization_edit"), settings_of(organization, **changes))
    assert answer.status_code == 422
    assert sentence in text(answer)
    organization.refresh_from_db()
    assert organization.version == 1


def test_a_stale_save_shows_both_versions_and_loses_nothing(administrator, organization):
    update_organization(organization, version=1, name="Theirs")
    sent = settings_of(organization, ("EUR", "USD", "1.5"), name="Mine")
    answer = administrator.post(reverse("core:organization_edit"), sent)
    assert answer.status_code == 409
    told = text(answer)
    assert "Changed by the system at" in told
    assert all(word in told for word in ("Theirs", 'value="Mine"', 'value="1.5"'))
    organization.refresh_from_db()
    assert organization.name == "Theirs"
    with pytest.raises(StaleVersion):
        update_organization(organization, version=1, name="Mine")


def test_adding_a_row_saves_nothing(administrator, organization):
    sent = settings_of(organization, ("EUR", "USD", "2"), name="Typed", rows="add")
    answer = administrator.post(reverse("core:organization_edit"), sent)
    assert answer.status_code == 200
    assert 'name="row-1-multiplier"' in text(answer)
    assert 'value="Typed"' in text(answer)
    organization.refresh_from_db()
    assert organization.version == 1


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "catalogue"])
def test_only_administrators_reach_the_configuration(sign_in, organization, role):
    client = sign_in(role)
    eur = Currency.objects.get(organization=organization, code="EUR")
    for url in (
        reverse("core:organization_edit"),
        reverse("core:organization_history"),
        reverse("core:currency_create"),
        reverse("core:currency_edit", pk=eur.pk),
    ):
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403
    listed = text(client.get(reverse("core:currency_list")))
    assert "EUR" in listed
    assert reverse("core:currency_edit", pk=eur.pk) not in listed
    assert reverse("core:organization_edit") not in listed


def test_the_currencies_lead_to_the_rates_between_them(administrator):
    rates = f"{reverse('core:organization_edit')}#conversions"
    assert f'<a href="{rates}">Currency conversions</a>' in text(
        administrator.get(reverse("core:currency_list"))
    )
    assert 'id="conversions"' in text(administrator.get(rates))


def test_a_currency_is_created_changed_and_archived(administrator, organization):
    sent = {"code": "credits", "name": "Credits", "max_decimal_places": 0, "rounding_mode": "UP"}
    answer = administrator.post(reverse("core:currency_create"), sent, follow=True)
    assert "Currency credits created." in text(answer)
    made = Currency.objects.get(organization=organization, code="credits")
    url = reverse("core:currency_edit", pk=made.pk)
    assert 'name="code"' not in text(administrator.get(url))
    changed = {**sent, "max_decimal_places": 5, "archived": "on", "version": 1}
    assert "Currency credits updated." in text(administrator.post(url, changed, follow=True))
    made.refresh_from_db()
    assert (made.code, made.max_decimal_places, made.archived, made.version) == ("credits", 5, True, 2)
    told = text(administrator.get(reverse("core:currency_history", pk=made.pk)))
    assert "Updated currency" in told
    assert administrator.post(url, changed).status_code == 409


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"code": "EUR"}, "There is a currency EUR already."),
        ({"code": "E-R"}, "Use letters, digits, _ and $ only"),
        ({"code": ""}, "Enter a code."),
        ({"max_decimal_places": 6}, "less than or equal to 5"),
        ({"max_decimal_places": -1}, "greater than or equal to 0"),
        ({"rounding_mode": "SIDEWAYS"}, "Select a valid choice."),
    ],
)
def test_a_currency_that_makes_no_sense_is_refused(administrator, organization, fields, sentence):
    sent = {"code": "X", "name": "X", "max_decimal_places": 2, "rounding_mode": "HALF_UP", **fields}
    answer = administrator.post(reverse("core:currency_create"), sent)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_usd_and_the_organizations_own_currency_cannot_be_archived(make_organization):
    organization = make_organization(currency="EUR")
    usd, eur = (Currency.objects.get(organization=organization, code=code) for code in ("USD", "EUR"))
    with pytest.raises(RuleViolation, match="USD is always there"):
        update_currency(usd, version=1, archived=True)
    with pytest.raises(RuleViolation, match="EUR is the organization's currency"):
        update_currency(eur, version=1, archived=True)


def test_an_archived_currency_cannot_become_the_organizations(organization):
    gbp = Currency.objects.get(organization=organization, code="GBP")
    update_currency(gbp, version=1, archived=True)
    with pytest.raises(RuleViolation, match="There is no currency “GBP” to choose"):
        update_organization(organization, version=1, currency="GBP")


def test_services_refuse_what_forms_would(organization):
    with pytest.raises(RuleViolation, match="Time zone"):
        update_organization(organization, version=1, timezone="Mars/Base")
    with pytest.raises(RuleViolation, match="0 to 5 decimal places"):
        create_currency(organization=organization, code="X", name="X", max_decimal_places=9)
    with pytest.raises(RuleViolation, match="from 1900 to 2999"):
        update_organization(organization, version=1, month_epoch=date(1, 1, 1))
    with pytest.raises(TypeError, match="slug"):
        update_organization(organization, version=1, slug="other")


def test_another_organizations_currency_is_not_found(administrator, make_organization):
    other = make_organization("other")
    eur = Currency.objects.get(organization=other, code="EUR")
    for page in ("edit", "history"):
        assert administrator.get(reverse(f"core:currency_{page}", pk=eur.pk)).status_code == 404


def test_each_page_needs_few_queries(administrator, organization, django_assert_max_num_queries):
    pairs = [("EUR", code, Decimal(2)) for code in ("USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "CAD")]
    update_organization(organization, version=1, conversions=pairs)
    eur = Currency.objects.get(organization=organization, code="EUR")
    for name, limit in (("currency_list", 8), ("organization_edit", 12), ("organization_history", 12)):
        administrator.get(reverse(f"core:{name}"))
        with django_assert_max_num_queries(limit):
            administrator.get(reverse(f"core:{name}"))
    with django_assert_max_num_queries(12):
        administrator.get(reverse("core:currency_edit", pk=eur.pk))

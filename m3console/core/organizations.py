"""Making organizations and users: by commands, by the demo, by simulations."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_name, get_currency_precision
from django.core.exceptions import ValidationError

from m3console.core.audit import action
from m3console.core.errors import RuleViolation, refusing
from m3console.core.exact import exact
from m3console.core.models import Currency, CurrencyConversion, Membership, Organization, RoundingMode, User

BUILT_IN = ("USD", "EUR", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "CAD", "AUD")

# Scenario key (spec 5) → field. What is not here is a key that is not built yet.
ORGANIZATION_KEYS = {
    "currency": "currency",
    "timezone": "timezone",
    "yearEpoch": "year_epoch",
    "monthEpoch": "month_epoch",
    "weekEpoch": "week_epoch",
    "dayEpoch": "day_epoch",
    "daysBeforeBillDue": "days_before_bill_due",
    "suppressedEmptyBills": "suppress_empty_bills",
    "consolidateBills": "consolidate_bills",
    "standingChargeBillInAdvance": "standing_charge_bill_in_advance",
    "minimumSpendBillInAdvance": "minimum_spend_bill_in_advance",
    "allowOverlappingPlans": "allow_overlapping_plans",
}


def create_organization(
    *,
    slug: str,
    name: str,
    currency: str = "USD",
    timezone: str = "UTC",
    config: Mapping[str, Any] | None = None,
) -> Organization:
    """An organization with the built-in currencies, and with what a configuration in the shape of a
    scenario's `organization` and `currencies` changes or adds (spec 6). Raises RuleViolation.
    """
    config = config or {}
    _known(config, {"organization", "currencies"}, "configuration")
    settings = dict(config.get("organization", {}))
    _known(settings, {*ORGANIZATION_KEYS, "currencyConversions"}, "organization")
    conversions = settings.pop("currencyConversions", [])
    fields = {ORGANIZATION_KEYS[key]: value for key, value in settings.items()}
    organization = Organization(
        slug=slug, name=name, **({"currency": currency, "timezone": timezone} | fields)
    )
    try:
        organization.clean_fields()
    except ValidationError as problem:
        field, messages = next(iter(problem.message_dict.items()))
        raise RuleViolation(f"{field}: {messages[0]}", field=field) from None
    with action("organization.created"):
        with refusing({"core_organization_slug_key": f"There is an organization “{slug}” already."}):
            organization.save(force_insert=True)
        _add_currencies(organization, config.get("currencies", []))
        _add_conversions(organization, conversions)
    return organization


def _add_currencies(organization: Organization, given: list[Mapping[str, Any]]) -> None:
    rows = {code: _built_in(organization, code) for code in BUILT_IN}
    for item in given:
        _known(item, {"code", "name", "maxDecimalPlaces", "roundingMode"}, "currency")
        rows[item["code"]] = Currency(
            organization=organization,
            code=item["code"],
            name=item.get("name", item["code"]),
            max_decimal_places=item.get("maxDecimalPlaces", 2),
            rounding_mode=item.get("roundingMode", RoundingMode.HALF_UP),
        )
    if organization.currency not in rows:
        raise RuleViolation(f"There is no currency {organization.currency}; list it under `currencies`.")
    for row in rows.values():
        try:
            row.clean_fields()
        except ValidationError as problem:
            raise RuleViolation(f"Currency {row.code}: {'; '.join(problem.messages)}") from None
    with refusing({"currency_places_0_to_5": "A currency has 0 to 5 decimal places."}):
        Currency.objects.bulk_create(rows.values())


def _built_in(organization: Organization, code: str) -> Currency:
    return Currency(
        organization=organization,
        code=code,
        name=get_currency_name(code, locale="en"),
        max_decimal_places=get_currency_precision(code),
    )


def _add_conversions(organization: Organization, given: list[Mapping[str, Any]]) -> None:
    rows = []
    for item in given:
        _known(item, {"from", "to", "multiplier"}, "currencyConversions")
        try:
            multiplier: Decimal = exact(str(item["multiplier"]))
        except (KeyError, ValueError) as problem:
            raise RuleViolation(f"A currency conversion needs a multiplier: {problem}") from None
        rows.append(
            CurrencyConversion(
                organization=organization,
                from_currency=item.get("from", ""),
                to_currency=item.get("to", ""),
                multiplier=multiplier,
            )
        )
    sentences = {
        "conversion_once": "A currency conversion is listed twice.",
        "conversion_multiplier_positive": "The multiplier of a currency conversion is above 0.",
    }
    with refusing(sentences):
        CurrencyConversion.objects.bulk_create(rows)


def _known(given: Mapping[str, Any], keys: set[str], where: str) -> None:
    for key in given:
        if key not in keys:
            raise RuleViolation(f"Unknown key “{key}” in {where}.")


def create_user(
    *, email: str, organization: Organization, role: str, password: str | None = None, name: str = ""
) -> User:
    """A user with a role in the organization; someone who exists already only gets the role.

    Without a password nobody can sign in as the user until one is set. Raises RuleViolation if
    the user is a member of the organization already.
    """
    with action("user.created", organization=str(organization.pk)):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User(email=User.objects.normalize_email(email), name=name)
            user.set_password(password)
            try:
                user.clean_fields()
            except ValidationError as problem:
                raise RuleViolation("; ".join(problem.messages), field="email") from None
            with refusing({"user_email_once": f"{email} was created by somebody else just now."}):
                user.save(force_insert=True)
        with refusing({"membership_once": f"{email} is a member of {organization} already."}):
            Membership.objects.create(user=user, organization=organization, role=role)
    return user

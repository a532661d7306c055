"""Changing an organization's configuration and its currencies (spec 1, Organization and Picklists).

Whoever changes them holds the configuration, so that no bill or attachment is made with half of it;
upper apps say in the registry what they cannot have changed any more.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import F

from m3console.core import clock, entities
from m3console.core.audit import action, current_actor
from m3console.core.billed import bills_made_with
from m3console.core.custom_fields.values import check_types
from m3console.core.entities import check_fields, saved_sentence
from m3console.core.errors import Obstructed, RuleViolation, StaleVersion, refusing
from m3console.core.locks import hold_configuration
from m3console.core.models import Currency, CurrencyConversion, Organization
from m3console.core.registry import extensions

ORGANIZATION, CURRENCY = "core.organization", "core.currency"
EPOCHS: Final = ("year_epoch", "month_epoch", "week_epoch", "day_epoch")
SETTINGS: Final = frozenset({
    "name", "currency", "timezone", *EPOCHS, "days_before_bill_due", "external_invoice_date",
    "suppress_empty_bills", "consolidate_bills", "standing_charge_bill_in_advance",
    "minimum_spend_bill_in_advance", "allow_overlapping_plans", "auto_create_accounts", "custom_fields",
})  # fmt: skip
CURRENCY_FIELDS: Final = frozenset({"name", "max_decimal_places", "rounding_mode", "archived"})
BILLED_SETTINGS: Final = ("timezone", *EPOCHS)
BILLED_CURRENCY: Final = ("max_decimal_places", "rounding_mode")
ALWAYS_THERE: Final = "USD"
MOST_DAYS_DUE: Final = 3_650
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)

Rates = Iterable[tuple[str, str, Decimal]]


def update_organization(
    organization: Organization, *, version: int, conversions: Rates | None = None, **fields: Any
) -> Organization:
    """Change settings and, where they are given, all conversions: from, to, and what one of from is in to.

    Raises RuleViolation naming the field, Obstructed with what is in the way, or StaleVersion.
    """
    _known(fields, SETTINGS)
    with action("organization.updated"):
        hold_configuration(organization.pk, to_change=True)
        before = Organization.objects.select_related("updated_by").get(pk=organization.pk)
        if before.version != version:
            raise StaleVersion(saved_sentence(before, before.timezone))
        after = _with(before, fields)
        _check_settings(before, after)
        check_types(Organization, before, after.custom_fields)
        _refuse_billed(ORGANIZATION, before, after, BILLED_SETTINGS)
        for check in extensions(ORGANIZATION).change_checks:
            check(before, after)
        stamps = {"updated_by_id": current_actor().user_id, "updated_at": clock.now()}
        rows = Organization.objects.filter(pk=before.pk)
        rows.update(**fields, **stamps, version=F("version") + 1)
        if conversions is not None:
            _replace_conversions(before, conversions)
        for follow in extensions(ORGANIZATION).on_change:
            follow(before, after)
        return rows.get()


def create_currency(*, organization: Organization, code: str, **fields: Any) -> Currency:
    """A further currency or custom unit; its code never changes. Raises RuleViolation naming the field."""
    _known(fields, CURRENCY_FIELDS)
    with action("currency.created"):
        given = {"organization": organization, "code": code, **fields}
        check_fields(Currency(**given))
        taken = RuleViolation(f"There is a currency {code} already. Choose another code.", field="code")
        with refusing({"currency_once": taken, **_sentences()}):
            return entities.create(Currency, **given)


def update_currency(currency: Currency, *, version: int, **fields: Any) -> Currency:
    """Change anything but the code. Raises RuleViolation naming the field, or StaleVersion."""
    _known(fields, CURRENCY_FIELDS)
    with action("currency.updated"):
        hold_configuration(currency.organization_id, to_change=True)
        before = Currency.objects.select_related("organization").get(pk=currency.pk)
        after = _with(before, fields)
        check_fields(after)
        if after.archived and not before.archived:
            _check_archiving(before)
        _refuse_billed(CURRENCY, before, after, BILLED_CURRENCY)
        with refusing(_sentences()):
            return entities.update(before, version=version, **fields)


def _known(fields: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if unknown := fields.keys() - allowed:
        raise TypeError(f"cannot change {', '.join(sorted(unknown))}")


def _with(row: Any, fields: Mapping[str, Any]) -> Any:
    changed = copy(row)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _sentences() -> dict[str, str | RuleViolation]:
    places = RuleViolation("A currency has 0 to 5 decimal places.", field="max_decimal_places")
    return {"currency_places_0_to_5": places}


def _refuse_billed(kind: str, before: Any, after: Any, names: Iterable[str]) -> None:
    """What bills were made with stays as it is (spec 7, Changing what bills were made with)."""
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    if changed and (bills := bills_made_with(kind, before.pk)):
        label = str(before._meta.get_field(changed[0]).verbose_name)
        raise Obstructed(
            f"{label[:1].upper()}{label[1:]} cannot change any more, as bills were made with it.",
            bills,
            field=changed[0],
        )


def _check_settings(before: Organization, after: Organization) -> None:
    check_fields(after)
    for name in EPOCHS:
        if not FIRST_DAY <= getattr(after, name) <= LAST_DAY:
            raise RuleViolation(f"Choose a day from {FIRST_DAY.year} to {LAST_DAY.year}.", field=name)
    if after.days_before_bill_due > MOST_DAYS_DUE:
        raise RuleViolation(f"At most {MOST_DAYS_DUE:,} days.", field="days_before_bill_due")
    offered = Currency.objects.filter(organization=before, archived=False)
    if after.currency != before.currency and not offered.filter(code=after.currency).exists():
        raise RuleViolation(
            f"There is no currency “{after.currency}” to choose. Create it first, or take it out of the"
            " archive.",
            field="currency",
        )


def _check_archiving(currency: Currency) -> None:
    """USD is always there (spec 1, Picklists), and so is the currency that bills are in by default."""
    if currency.code == ALWAYS_THERE:
        raise RuleViolation(f"{ALWAYS_THERE} is always there and cannot be archived.", field="archived")
    if currency.code == currency.organization.currency:
        raise RuleViolation(
            f"{currency.code} is the organization's currency. Choose another one under Configuration first.",
            field="archived",
        )


def _replace_conversions(organization: Organization, given: Rates) -> None:
    """Have just these pairs; a pair that stays keeps its row, so that history shows its rate change."""
    wanted: dict[tuple[str, str], Decimal] = {}
    for source, target, multiplier in given:
        _check_pair(source, target, multiplier, known=wanted)
        wanted[source, target] = multiplier
    rows = CurrencyConversion.objects.filter(organization=organization)
    found = {(row.from_currency, row.to_currency): row for row in rows}
    rows.filter(pk__in=[row.pk for pair, row in found.items() if pair not in wanted]).delete()
    for pair, multiplier in wanted.items():
        row = found.get(pair) or CurrencyConversion(
            organization=organization, from_currency=pair[0], to_currency=pair[1]
        )
        if row.multiplier != multiplier:
            row.multiplier = multiplier
            row.save()


def _check_pair(source: str, target: str, multiplier: Decimal, *, known: Mapping[Any, Any]) -> None:
    if source == target:
        sentence = f"{source} needs no conversion to itself."
    elif (source, target) in known:
        sentence = f"The conversion from {source} to {target} is listed twice."
    elif not multiplier.is_finite() or multiplier <= 0:
        sentence = f"The multiplier from {source} to {target} must be above 0."
    else:
        return
    raise RuleViolation(sentence)

"""Bills that were made with something, so that it stays as it is (spec 7).

Lines of every revision count: those stay readable for ever. A template is also used by bills without a line
of it, since its frequency decided that they were made.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from billing.models import Bill, BillLine, BillQuerySet
from m3console.core.links import reverse
from m3console.core.models import Currency
from m3console.core.registry import Blocker, extensions
from plans.models import Aggregation, CompoundInput, DataField, Plan, PlanTemplate, Pricing

NAMED = 5


def register() -> None:
    extensions("core.organization").billed.append(of_organization)
    extensions("core.currency").billed.append(of_currency)
    extensions("plans.plantemplate").billed.append(of_template)
    extensions("plans.aggregation").billed.append(of_aggregation)
    extensions("plans.compoundaggregation").billed.append(of_compound)
    extensions("plans.datafield").billed.append(of_data_field)


def of_organization(organization: UUID) -> Iterator[Blocker]:
    """Any bill: all were made by its time zone and epochs."""
    return named(Bill.objects.filter(organization_id=organization))


def of_currency(currency: UUID) -> Iterator[Blocker]:
    """Bills in the currency, and those of templates that price in it."""
    row = Currency.objects.get(pk=currency)
    yield from named(Bill.objects.filter(organization_id=row.organization_id, currency=row.code))
    templates = PlanTemplate.objects.filter(organization_id=row.organization_id, currency=row.code)
    yield from named(_with_lines(plan_id__in=Plan.objects.filter(plan_template__in=templates).values("pk")))


def of_template(template: UUID) -> Iterator[Blocker]:
    """Bills with lines of its plans, or else those that accounts got while one was attached to them."""
    lines = list(named(_with_lines(plan_id__in=Plan.objects.filter(plan_template=template).values("pk"))))
    return iter(lines) if lines else named(_while_attached(PlanTemplate.objects.get(pk=template)))


def of_aggregation(aggregation: UUID) -> Iterator[Blocker]:
    """Bills with lines of its pricings, or of those of compounds that calculate with it."""
    return named(_with_lines(pricing_id__in=_pricings_of(Q(pk=aggregation)).values("pk")))


def of_compound(compound: UUID) -> Iterator[Blocker]:
    """Bills with lines of its pricings."""
    pricings = Pricing.objects.filter(compound_aggregation=compound)
    return named(_with_lines(pricing_id__in=pricings.values("pk")))


def _pricings_of(aggregations: Q) -> QuerySet[Pricing]:
    """The pricings of some aggregations, and of the compounds that calculate with them."""
    found = Aggregation.objects.filter(aggregations).values("pk")
    calculated = CompoundInput.objects.filter(aggregation__in=found).values("compound_aggregation")
    return Pricing.objects.filter(Q(aggregation__in=found) | Q(compound_aggregation__in=calculated))


def of_data_field(field: UUID) -> Iterator[Blocker]:
    """Bills with lines of the aggregations over the field, or segmented by it."""
    row = DataField.objects.get(pk=field)
    over = Q(target_field=row) | Q(segmented_fields__contains=[row.code], meter_id=row.meter_id)
    return named(_with_lines(pricing_id__in=_pricings_of(over).values("pk")))


def named(bills: BillQuerySet) -> Iterator[Blocker]:
    """The latest of the bills, each with its page."""
    for bill in bills.select_related("organization").order_by("-bill_date", "id")[:NAMED]:
        text = f"bill {bill.reference} of {bill.account_name}, {bill.bill_date:%-d %b %Y}"
        yield Blocker(text, reverse("billing:bill_detail", organization=bill.organization, pk=bill.pk))


def _with_lines(**of: Any) -> BillQuerySet:
    """The bills of the lines found first: of millions, a few will do."""
    lines = BillLine.objects.filter(**of).order_by()[:NAMED]
    return Bill.objects.filter(pk__in=list(lines.values_list("revision__bill_id", flat=True)))


def _while_attached(template: PlanTemplate) -> BillQuerySet:
    attached = Q(account__account_plans__plan__plan_template=template)
    begun = Q(account__account_plans__start_date__lt=F("end_date"))
    ends_later = Q(account__account_plans__end_date__gt=F("start_date"))
    running = Q(account__account_plans__end_date=None) | ends_later
    own = Q(frequency=template.bill_frequency, frequency_interval=template.bill_frequency_interval)
    bills = Bill.objects.filter(attached & begun & running & (own | Q(frequency="")))
    return Bill.objects.filter(pk__in=list(bills.order_by().values_list("pk", flat=True)[:NAMED]))

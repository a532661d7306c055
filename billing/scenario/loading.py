"""Creating a scenario's entities through the services of the console, in the order of the file."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from accounts.models import Account
from accounts.services import create_account
from billing.scenario.keys import ENTITIES
from billing.scenario.reading import Unreadable, day, number
from billing.scenario.values import (
    Item,
    bands,
    fields,
    measured_row,
    minimum,
    optional_day,
    optional_number,
    text,
    whole,
)
from billing.usage.ingest import ingest
from m3console.core.errors import RuleViolation
from m3console.core.models import Organization
from plans.adjustments import create_counter_adjustment
from plans.attachments import attach_plan
from plans.models import (
    Aggregation,
    BillsAs,
    CompoundAggregation,
    Counter,
    HierarchyMode,
    Meter,
    Plan,
    PlanTemplate,
    Product,
)
from plans.services.aggregations import create_aggregation
from plans.services.compounds import create_compound_aggregation
from plans.services.counter_pricing import create_counter_pricing
from plans.services.counters import create_counter
from plans.services.meters import create_meter
from plans.services.plans import create_plan, create_plan_template
from plans.services.pricing import create_pricing
from plans.services.products import create_product

COUNTER_FLAGS = {
    "runningTotalBillInAdvance": "running_total_bill_in_advance",
    "proRateRunningTotal": "pro_rate_running_total",
    "proRateAdjustmentDebit": "pro_rate_adjustment_debit",
    "proRateAdjustmentCredit": "pro_rate_adjustment_credit",
}


class Loader:
    """Creates entities in one organization; they refer to each other by code."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self._makers: dict[str, Callable[[Item], object]] = {
            "products": self._product,
            "meters": self._meter,
            "aggregations": self._aggregation,
            "compoundAggregations": self._compound,
            "counters": self._counter,
            "planTemplates": self._plan_template,
            "plans": self._plan,
            "pricings": self._pricing,
            "counterPricings": self._counter_pricing,
            "accounts": self._account,
            "accountPlans": self._account_plan,
            "counterAdjustments": self._counter_adjustment,
        }

    def load(self, scenario: Item) -> None:
        """Everything at the top level of a file. What is refused makes the file unreadable."""
        for name, item in _items(scenario):
            try:
                self._makers[name](item)
            except RuleViolation as refusal:
                keys = ("code", "aggregation", "compoundAggregation", "counter")
                where = next((item[key] for key in keys if item.get(key)), "?")
                raise Unreadable(f"{name} “{where}”: {refusal.message}") from None
        events = self.measure(scenario.get("measurements") or [])
        if events:
            raise Unreadable(f"measurements: {events[0]}")

    def create(self, content: Item) -> Iterator[str]:
        """The entities of a `create` step, each on its own; yields the sentence of each refusal."""
        for name, item in _items(content):
            try:
                self._makers[name](item)
            except RuleViolation as refusal:
                yield refusal.message
            except Unreadable as problem:
                yield str(problem)
        yield from self.measure(content.get("measurements") or [])

    def measure(self, measurements: list[Item]) -> list[str]:
        """Ingest measurements; answers the reasons of those refused."""
        if not measurements:
            return []
        rows = [measured_row(item, line) for line, item in enumerate(measurements, 1)]
        counts = ingest(organization=self.organization, rows=rows, make_months=False)
        if not counts.rejected:
            return []
        from billing.usage.models import IngestEvent

        events = IngestEvent.objects.filter(organization=self.organization).order_by("id")
        return [event.reason for event in events]

    def _find(self, model: Any, code: Any, where: str) -> Any:
        found = model.objects.filter(organization=self.organization, code=code).first() if code else None
        if found is None:
            raise Unreadable(f"{where}: there is no {model._meta.verbose_name} “{code}”.")
        return found

    def _optional(self, model: Any, item: Item, key: str, where: str) -> Any:
        return self._find(model, item[key], where) if item.get(key) else None

    def _product(self, item: Item) -> None:
        create_product(organization=self.organization, name=text(item, "name"), code=text(item, "code"))

    def _meter(self, item: Item) -> None:
        create_meter(
            organization=self.organization,
            name=text(item, "name"),
            code=text(item, "code"),
            product=self._optional(Product, item, "product", "meters"),
            data_fields=fields(item, "dataFields", "category", "code", "name", "unit"),
            derived_fields=fields(item, "derivedFields", "category", "code", "name", "unit", "calculation"),
        )

    def _aggregation(self, item: Item) -> None:
        create_aggregation(
            organization=self.organization,
            name=text(item, "name"),
            code=text(item, "code"),
            meter=self._find(Meter, item.get("meter"), "aggregations"),
            product=self._optional(Product, item, "product", "aggregations"),
            target_field=text(item, "targetField"),
            method=text(item, "aggregation"),
            quantity_per_unit=optional_number(item, "quantityPerUnit", Decimal(1)),
            rounding=item.get("rounding") or "NONE",
            unit=text(item, "unit"),
            default_value=optional_number(item, "defaultValue"),
            segmented_fields=item.get("segmentedFields") or [],
            segments=item.get("segments") or [],
        )

    def _compound(self, item: Item) -> None:
        create_compound_aggregation(
            organization=self.organization,
            name=text(item, "name"),
            code=text(item, "code"),
            product=self._optional(Product, item, "product", "compoundAggregations"),
            calculation=text(item, "calculation"),
            evaluate_null_aggregations=bool(item.get("evaluateNullAggregations")),
            quantity_per_unit=optional_number(item, "quantityPerUnit", Decimal(1)),
            rounding=item.get("rounding") or "NONE",
            unit=text(item, "unit"),
        )

    def _counter(self, item: Item) -> None:
        create_counter(
            organization=self.organization,
            name=text(item, "name"),
            code=text(item, "code"),
            product=self._optional(Product, item, "product", "counters"),
            unit=text(item, "unit"),
        )

    def _plan_template(self, item: Item) -> None:
        create_plan_template(
            organization=self.organization,
            product=self._find(Product, item.get("product"), "planTemplates"),
            name=text(item, "name"),
            code=item.get("code") or None,
            currency=text(item, "currency"),
            bill_frequency=text(item, "billFrequency"),
            bill_frequency_interval=int(number(item.get("billFrequencyInterval") or 1)),
            standing_charge=optional_number(item, "standingCharge", Decimal(0)),
            standing_charge_description=item.get("standingChargeDescription") or "",
            standing_charge_interval=int(number(item.get("standingChargeInterval") or 1)),
            standing_charge_offset=int(number(item.get("standingChargeOffset") or 0)),
            standing_charge_bill_in_advance=item.get("standingChargeBillInAdvance"),
            **minimum(item, Decimal(0)),
        )

    def _plan(self, item: Item) -> None:
        create_plan(
            organization=self.organization,
            plan_template=self._find(PlanTemplate, item.get("planTemplate"), "plans"),
            name=text(item, "name"),
            code=text(item, "code"),
            standing_charge=optional_number(item, "standingCharge"),
            standing_charge_description=item.get("standingChargeDescription") or "",
            standing_charge_bill_in_advance=item.get("standingChargeBillInAdvance"),
            **minimum(item),
        )

    def _pricing(self, item: Item) -> None:
        create_pricing(
            organization=self.organization,
            plan=self._optional(Plan, item, "plan", "pricings"),
            plan_template=self._optional(PlanTemplate, item, "planTemplate", "pricings"),
            aggregation=self._optional(Aggregation, item, "aggregation", "pricings"),
            compound_aggregation=self._optional(CompoundAggregation, item, "compoundAggregation", "pricings"),
            start_date=day(item.get("startDate"), "startDate"),
            end_date=optional_day(item, "endDate"),
            segment=item.get("segment"),
            cumulative=bool(item.get("cumulative")),
            bands=bands(item, "pricingBands"),
            overage_bands=bands(item, "overagePricingBands"),
            type=item.get("type") or BillsAs.DEBIT,
            tiers_span_plan=bool(item.get("tiersSpanPlan")),
            **minimum(item, Decimal(0)),
            description=item.get("description") or "",
        )

    def _counter_pricing(self, item: Item) -> None:
        flags = {
            field: True if item.get(key) is None else bool(item[key]) for key, field in COUNTER_FLAGS.items()
        }
        create_counter_pricing(
            organization=self.organization,
            plan=self._optional(Plan, item, "plan", "counterPricings"),
            plan_template=self._optional(PlanTemplate, item, "planTemplate", "counterPricings"),
            counter=self._find(Counter, item.get("counter"), "counterPricings"),
            start_date=day(item.get("startDate"), "startDate"),
            end_date=optional_day(item, "endDate"),
            cumulative=bool(item.get("cumulative")),
            bands=bands(item, "pricingBands"),
            description=item.get("description") or "",
            **flags,
        )

    def _counter_adjustment(self, item: Item) -> None:
        create_counter_adjustment(
            account=self._find(Account, item.get("account"), "counterAdjustments"),
            counter=self._find(Counter, item.get("counter"), "counterAdjustments"),
            date=day(item.get("date"), "date"),
            value=whole(item, "value"),
        )

    def _account(self, item: Item) -> None:
        days = item.get("daysBeforeBillDue")
        create_account(
            organization=self.organization,
            name=text(item, "name"),
            code=text(item, "code"),
            email_address=text(item, "emailAddress"),
            parent_account=self._optional(Account, item, "parentAccount", "accounts"),
            currency=item.get("currency") or None,
            bill_epoch=optional_day(item, "billEpoch"),
            days_before_bill_due=None if days is None else int(number(days)),
            purchase_order_number=item.get("purchaseOrderNumber") or "",
        )

    def _account_plan(self, item: Item) -> None:
        attach_plan(
            account=self._find(Account, item.get("account"), "accountPlans"),
            plan=self._find(Plan, item.get("plan"), "accountPlans"),
            start_date=day(item.get("startDate"), "startDate"),
            end_date=optional_day(item, "endDate"),
            bill_epoch=optional_day(item, "billEpoch"),
            code=item.get("code") or None,
            child_billing_mode=item.get("childBillingMode") or HierarchyMode.PARENT_BREAKDOWN,
        )


def _items(holder: Item) -> Iterator[tuple[str, Item]]:
    """The entities in the order of the file's format: what is referred to comes first."""
    for name in ENTITIES:
        if name not in ("currencies", "measurements"):
            for item in holder.get(name) or []:
                yield name, item

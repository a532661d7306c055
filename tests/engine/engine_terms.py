"""The oracle's situations in the engine's terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from types import ModuleType
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from tests.engine import oracle
from tests.engine.situations import Situation

EXACT = Context(prec=400, traps=[Inexact])


def decimal_of(number: Fraction) -> Decimal:
    """Exactly, or decimal.Inexact."""
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))


def id_of(kind: str, code: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"{kind} {code}")


@dataclass(frozen=True)
class Engine:
    """The engine's door: its types and its bill, which a test may have spoilt."""

    types: ModuleType
    bill: ModuleType

    def named(self, kind: str, code: str) -> Any:
        return self.types.Named(id_of(kind, code), code, code.title())

    def aggregation(self, aggregation: oracle.Aggregation) -> Any:
        if isinstance(aggregation, oracle.Compound):
            return self.compound(aggregation)
        fields = sorted({field for segment in aggregation.segments for field, _ in segment})
        default = aggregation.default
        return self.types.Aggregation(
            id=id_of("aggregation", aggregation.code),
            code=aggregation.code,
            name=aggregation.code.title(),
            method=self.types.Method.SUM,
            meter=self.named("meter", "disk"),
            field="gb",
            field_name="GB",
            quantity_per_unit=decimal_of(aggregation.per_unit),
            rounding=self.types.UnitRounding(aggregation.rounding),
            unit=f"unit of {aggregation.code}",
            default_value=None if default is None else decimal_of(default),
            segmented_fields=tuple(fields),
            segments=aggregation.segments,
        )

    def compound(self, compound: oracle.Compound) -> Any:
        return self.types.Compound(
            id=id_of("aggregation", compound.code),
            code=compound.code,
            name=compound.code.title(),
            calculation=compound.calculation,
            inputs=tuple(self.aggregation(each) for each in compound.inputs),
            quantity_per_unit=decimal_of(compound.per_unit),
            rounding=self.types.UnitRounding(compound.rounding),
            unit=f"unit of {compound.code}",
            evaluates_null=compound.evaluates_null,
        )

    def pricing(self, pricing: oracle.Pricing, sequence: int) -> Any:
        return self.types.Pricing(
            id=id_of("pricing", pricing.code),
            on_plan=pricing.on_plan,
            aggregation=self.aggregation(pricing.aggregation),
            segment=pricing.segment,
            start=pricing.start,
            end=pricing.end,
            cumulative=pricing.cumulative,
            bands=tuple(
                self.types.Band(decimal_of(band.lower), decimal_of(band.fixed), decimal_of(band.price))
                for band in pricing.bands
            ),
            description=pricing.description,
            sequence=sequence,
            bills_as=self.types.BillsAs(pricing.bills_as),
            spans_plan=pricing.spans_plan,
            minimum_spend=decimal_of(pricing.minimum),
            minimum_spend_in_advance=pricing.minimum_in_advance,
        )

    def attachment(self, attachment: oracle.Attachment, sequence: int = 0) -> Any:
        return self.types.Attachment(
            id=id_of("attachment", attachment.code),
            code=attachment.code,
            start=attachment.start,
            end=attachment.end,
            anchor=attachment.anchor,
            frequency=self.types.Frequency(attachment.frequency),
            interval=attachment.interval,
            product=self.named("product", attachment.product or f"product-of-{attachment.code}"),
            plan=self.named("plan", f"plan-of-{attachment.code}"),
            template=self.named("template", f"template-of-{attachment.code}"),
            currency=attachment.currency,
            standing_charge=decimal_of(attachment.standing),
            standing_charge_description=attachment.description,
            pricings=tuple(self.pricing(each, number) for number, each in enumerate(attachment.pricings)),
            sequence=sequence,
            standing_charge_interval=attachment.standing_interval,
            standing_charge_offset=attachment.standing_offset,
            standing_charge_in_advance=attachment.in_advance,
            minimum_spend=decimal_of(attachment.minimum),
            minimum_spend_in_advance=attachment.minimum_in_advance,
            counter_pricings=tuple(
                self.counter(each, number) for number, each in enumerate(attachment.counters)
            ),
            adjustments=tuple(
                self.types.Adjustment(id_of("counter", code), day, decimal_of(level))
                for code, day, level in sorted(attachment.levels, key=lambda each: each[1])
            ),
        )

    def counter(self, pricing: oracle.CounterPricing, sequence: int) -> Any:
        return self.types.CounterPricing(
            id=id_of("pricing", pricing.code),
            on_plan=pricing.on_plan,
            counter=self.named("counter", pricing.counter),
            unit="seat",
            start=pricing.start,
            end=pricing.end,
            cumulative=pricing.cumulative,
            bands=tuple(
                self.types.Band(decimal_of(band.lower), decimal_of(band.fixed), decimal_of(band.price))
                for band in pricing.bands
            ),
            in_advance=pricing.in_advance,
            prorate_running_total=pricing.prorate_total,
            prorate_debit=pricing.prorate_debit,
            prorate_credit=pricing.prorate_credit,
            sequence=sequence,
        )

    def due_bills(self, attachments: Sequence[oracle.Attachment], until: date, **which: Any) -> Any:
        given = [self.attachment(each, number) for number, each in enumerate(attachments)]
        return self.bill.due_bills(given, until, **which)

    def bill_input(self, situation: Situation, due: Any, billed: Sequence[Any] = ()) -> Any:
        window = self.types.UsageWindow
        return self.types.BillInput(
            account=self.named("account", "acme"),
            currency=situation.billed_in,
            due=due,
            usage={
                (window(id_of("aggregation", code), start, end), segment): self.types.Measured(
                    decimal_of(value), 1
                )
                for (code, start, end, segment), value in situation.usage.items()
                if value is not None
            },
            currencies={
                code: self.types.Currency(code, rules.places, rules.mode)
                for code, rules in situation.currencies.items()
            },
            rates={pair: decimal_of(rate) for pair, rate in situation.rates.items()},
            billed=tuple(billed),
        )

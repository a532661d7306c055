"""Charges billed in advance: blank flags are inherited (spec 2, Plan template, plan, plan group)."""

from dataclasses import dataclass
from typing import Final

from m3console.core.models import Organization
from plans.models import Plan, PlanTemplate, Pricing

CHOICES: Final = [("true", "In advance"), ("false", "In arrears")]


@dataclass(frozen=True, slots=True)
class InAdvance:
    """Whether a charge is billed in advance, and where that is said, as in `plan`, `organization`."""

    value: bool
    source: str

    @property
    def in_words(self) -> str:
        return "in advance" if self.value else "in arrears"

    @property
    def origin(self) -> str:
        """As in “from the template”."""
        return f"from the {self.source}"


def resolved(*said: tuple[str, bool | None]) -> InAdvance:
    """What the first says that says anything; the last one always does."""
    source, value = next((source, value) for source, value in said if value is not None)
    return InAdvance(value, source)


def standing_charge_in_advance(
    organization: Organization, template: PlanTemplate | None = None, plan: Plan | None = None
) -> InAdvance:
    """Of the standing charge of a plan, or of what a template or the organization passes on."""
    return resolved(
        ("plan", plan.standing_charge_bill_in_advance if plan else None),
        ("template", template.standing_charge_bill_in_advance if template else None),
        ("organization", organization.standing_charge_bill_in_advance),
    )


def minimum_spend_in_advance(
    organization: Organization,
    template: PlanTemplate | None = None,
    plan: Plan | None = None,
    pricing: Pricing | None = None,
) -> InAdvance:
    """Of the minimum spend of a pricing or plan, or of what a template or the organization passes on."""
    return resolved(
        ("pricing", pricing.minimum_spend_bill_in_advance if pricing else None),
        ("plan", plan.minimum_spend_bill_in_advance if plan else None),
        ("template", template.minimum_spend_bill_in_advance if template else None),
        ("organization", organization.minimum_spend_bill_in_advance),
    )

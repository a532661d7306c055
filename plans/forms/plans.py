"""The forms of plan templates and plans."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.functions import Lower

from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.exact import ExactField
from m3console.core.forms import ConsoleForm, EntityForm
from m3console.core.models import Currency, EntityType, Organization
from m3console.core.templatetags.console import amount
from plans.forms.common import (
    choose_from,
    code_field,
    laid_out,
    name_field,
    product_field,
    products,
    say_fixed,
)
from plans.forms.in_advance import in_advance_field, say_inherited
from plans.forms.minimums import HELP, IN_ADVANCE, MINIMUM, minimum_field, none_as_zero
from plans.in_advance import minimum_spend_in_advance, standing_charge_in_advance
from plans.models import BillFrequency, Plan, PlanTemplate
from plans.services.plans import FIXED, LONGEST_INTERVAL, LONGEST_OFFSET


class TemplateForm(EntityForm):
    """A plan template; its product is chosen once."""

    product = product_field(optional=False)
    name = name_field()
    code = code_field(required=False)
    currency = forms.ChoiceField(
        label="Pricing currency",
        help_text="Of every price; bills convert to the account’s currency.",
    )
    bill_frequency = forms.ChoiceField(
        choices=BillFrequency.choices,
        initial=BillFrequency.MONTHLY,
        help_text="Ad hoc: only by a run for Ad hoc, from the last bill to the run’s date, nothing prorated.",
    )
    bill_frequency_interval = forms.IntegerField(
        label="Frequency interval",
        min_value=1,
        max_value=LONGEST_INTERVAL,
        initial=1,
        help_text="3 with Monthly bills every quarter.",
    )
    standing_charge = ExactField(
        initial="0", help_text="Due each bill period in the pricing currency, prorated by days. 0 for none."
    )
    standing_charge_description = forms.CharField(
        max_length=200, required=False, help_text="As it stands on bills."
    )
    standing_charge_interval = forms.IntegerField(
        label="Standing charge interval",
        min_value=1,
        max_value=LONGEST_INTERVAL,
        initial=1,
        required=False,
        help_text="1: due in each bill period. 3: in every third one, the same amount.",
    )
    standing_charge_offset = forms.IntegerField(
        label="Standing charge offset",
        min_value=0,
        max_value=LONGEST_OFFSET,
        initial=0,
        required=False,
        help_text="Periods before the first charge. 0: from the attachment’s first one on, even a short one.",
    )
    standing_charge_bill_in_advance = in_advance_field("Standing charge billed")
    minimum_spend = minimum_field(f"{HELP} Blank or 0: none.")
    minimum_spend_description = forms.CharField(
        max_length=200, required=False, help_text="As it stands on bills."
    )
    minimum_spend_bill_in_advance = in_advance_field(IN_ADVANCE)
    custom_fields = CustomFieldsFormField(EntityType.PLAN_TEMPLATE)

    def __init__(
        self, *args: Any, organization: Organization, entity: PlanTemplate | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        if entity:
            del self.fields["product"]
            say_fixed(self, entity, FIXED)
        else:
            choose_from(self, "product", products(organization))
            self.initial.setdefault("currency", organization.currency)
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        currency.choices = currencies(organization, kept=entity.currency if entity else "")
        say_inherited(self, "standing_charge_bill_in_advance", standing_charge_in_advance(organization))
        say_inherited(self, "minimum_spend_bill_in_advance", minimum_spend_in_advance(organization))
        self.helper = laid_out(
            self,
            {
                "Plan template details": ["product", "name", "code"],
                "Billing": ["currency", "bill_frequency", "bill_frequency_interval"],
                "Standing charge": [
                    "standing_charge",
                    "standing_charge_description",
                    "standing_charge_bill_in_advance",
                    "standing_charge_interval",
                    "standing_charge_offset",
                ],
                "Minimum spend": MINIMUM,
                "Custom fields": ["custom_fields"],
            },
        )

    def clean_standing_charge_interval(self) -> int:
        return self.cleaned_data["standing_charge_interval"] or 1

    def clean_standing_charge_offset(self) -> int:
        return self.cleaned_data["standing_charge_offset"] or 0

    def clean_minimum_spend(self) -> Decimal:
        return none_as_zero(self.cleaned_data["minimum_spend"])


def currencies(organization: Organization, *, kept: str) -> list[tuple[str, str]]:
    """The currencies to choose from: all but archived ones, unless it is the one already chosen."""
    offered = Currency.objects.filter(Q(archived=False) | Q(code=kept), organization=organization)
    return [(each.code, f"{each.code}, {each.name}") for each in offered.order_by("code")]


class PlanForm(EntityForm):
    """A plan; its template is chosen once. Blank charges are the template's."""

    plan_template = forms.ModelChoiceField(
        PlanTemplate.objects.none(),
        empty_label="Choose a plan template",
        help_text="Product, currency and frequency come from it.",
        error_messages={"required": "Choose a plan template."},
    )
    name = name_field()
    code = code_field()
    standing_charge = ExactField(required=False, help_text="Blank: the template’s. 0: none.")
    standing_charge_description = forms.CharField(
        max_length=200, required=False, help_text="Blank: the template’s."
    )
    standing_charge_bill_in_advance = in_advance_field("Standing charge billed")
    minimum_spend = minimum_field("Blank: the template’s. 0: none.")
    minimum_spend_description = forms.CharField(
        max_length=200, required=False, help_text="Blank: the template’s."
    )
    minimum_spend_bill_in_advance = in_advance_field(IN_ADVANCE)
    custom_fields = CustomFieldsFormField(EntityType.PLAN)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        entity: Plan | None = None,
        template: PlanTemplate | None = None,
        **kwargs: Any,
    ) -> None:
        initial = kwargs.pop("initial", None) or ({"plan_template": template} if template else {})
        super().__init__(*args, entity=entity, initial=initial, **kwargs)
        if entity:
            del self.fields["plan_template"]
            template = entity.plan_template
        else:
            rows = PlanTemplate.objects.filter(organization=organization).select_related("product")
            choose_from(self, "plan_template", rows.order_by(Lower("name"), "id"))
        inherited = standing_charge_in_advance(organization, template) if template else None
        say_inherited(self, "standing_charge_bill_in_advance", inherited)
        inherited = minimum_spend_in_advance(organization, template) if template else None
        say_inherited(self, "minimum_spend_bill_in_advance", inherited)
        if template:
            self._say_inherited(template)
        self.helper = laid_out(
            self,
            {
                "Plan details": ["plan_template", "name", "code"],
                "Standing charge": [
                    "standing_charge",
                    "standing_charge_description",
                    "standing_charge_bill_in_advance",
                ],
                "Minimum spend": MINIMUM,
                "Custom fields": ["custom_fields"],
            },
        )

    def _say_inherited(self, template: PlanTemplate) -> None:
        """What the template has, beside the fields that may say otherwise."""
        for charge in ("standing_charge", "minimum_spend"):
            inherited = f"{amount(getattr(template, charge), template.currency)} {template.currency}"
            self.fields[charge].help_text = f"Blank: the template’s, {inherited}. 0: none."
            if described := getattr(template, f"{charge}_description"):
                self.fields[f"{charge}_description"].help_text = f"Blank: the template’s, “{described}”."


class DuplicateForm(ConsoleForm):
    """What tells a duplicate from what it is made of."""

    name = name_field()
    code = code_field()

    def __init__(self, *args: Any, code_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = code_required

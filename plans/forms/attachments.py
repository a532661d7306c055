"""Forms of plan attachments, in the words and the order of the console."""

from copy import copy
from typing import TYPE_CHECKING, Any, Final, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.db.models import Q

from accounts.models import Account, ChildMembership
from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.errors import RuleViolation
from m3console.core.forms import ConsoleForm, DateInput, EntityForm
from m3console.core.models import EntityType
from plans.attachments import check_days
from plans.cycles import cycle_help
from plans.effects import Foresight, foresee, foresee_change
from plans.models import AccountPlan, HierarchyMode, Plan, PlanTemplate, Product

SETTINGS_FIELDS: Final = (
    "start_date",
    "end_date",
    "bill_epoch",
    "child_billing_mode",
    "code",
    "custom_fields",
)
DETAILS, SETTINGS = "Plan attachment details", "Plan attachment settings"
PLAN: Final = "PLAN"


class TypeForm(ConsoleForm):
    """Step 1: what is attached."""

    type = forms.ChoiceField(
        label="Plan attachment type", choices=[(PLAN, "Plan")], initial=PLAN, widget=forms.RadioSelect
    )


if TYPE_CHECKING:
    PlanField = forms.ModelChoiceField[Plan]
    ProductField = forms.ModelChoiceField[Product]
else:
    PlanField = forms.ModelChoiceField


class PlanChoice(PlanField):
    """Plans by what tells them apart: name, pricing currency, how often they are billed."""

    def label_from_instance(self, plan: Plan) -> str:
        return f"{plan.name} ({plan.plan_template.in_words})"


class SettingsForm(ConsoleForm):
    """What an attachment says besides its plan. Without the mode unless the account is a parent or child."""

    start_date = forms.DateField(widget=DateInput(attrs={"data-date-words": "day"}))
    end_date = forms.DateField(
        required=False,
        widget=DateInput(attrs={"data-date-words": "end"}),
        help_text="The first day no longer billed. Leave blank to run until ended.",
    )
    bill_epoch = forms.DateField(label="Billing cycle date", required=False, widget=DateInput)
    child_billing_mode = forms.ChoiceField(
        label="Account hierarchy billing mode",
        choices=HierarchyMode.choices,
        initial=HierarchyMode.PARENT_BREAKDOWN,
    )
    code = forms.CharField(max_length=80, required=False, help_text="Your own reference for this attachment.")
    custom_fields = CustomFieldsFormField(EntityType.ACCOUNT_PLAN)

    def set_up(self, account: Account, *details: Any, template: PlanTemplate | None = None) -> None:
        """Say what blank means for the account, and lay the fields out as the console's two cards."""
        zone = account.organization.timezone
        self.fields["start_date"].help_text = f"First day this plan is billed, in {zone}."
        self.fields["bill_epoch"].help_text = cycle_help(account, template)
        if not in_hierarchy(account):
            del self.fields["child_billing_mode"]
        settings = [name for name in ("bill_epoch", "child_billing_mode", "code") if name in self.fields]
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(
            Fieldset(DETAILS, *details),
            Fieldset(SETTINGS, *settings),
            Fieldset("Custom fields", "custom_fields"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            check_days(**{name: cleaned.get(name) for name in ("start_date", "end_date", "bill_epoch")})
        except RuleViolation as violation:
            self.refuse(violation)
        return cleaned

    def settings(self) -> dict[str, Any]:
        """What was given, by the names of the services."""
        return {name: self.cleaned_data[name] for name in SETTINGS_FIELDS if name in self.cleaned_data}


class AttachForm(SettingsForm):
    """Step 2: product, then a plan of that product, its days and settings."""

    field_order = ("product", "plan", "start_date")
    product = forms.ModelChoiceField(Product.objects.none(), empty_label="Choose a product")
    plan = PlanChoice(Plan.objects.none(), empty_label="Choose a product first")
    # The attachment in the way, if it is to end on the new start; blank to keep it.
    end_current = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.foresight: Foresight | None = None
        self.set_up(
            account,
            "product",
            HTML("{% include 'plans/_show_plans.html' %}"),
            Div(HTML("{% include 'plans/_plans_of.html' %}"), "plan", css_id="plan-field"),
            "start_date",
            HTML("{% include 'plans/_overlap.html' %}"),
            "end_date",
        )
        product, plan = cast("ProductField", self.fields["product"]), cast("PlanField", self.fields["plan"])
        product.queryset = Product.objects.filter(organization=account.organization).order_by("name")
        self.chosen = self._chosen(product)
        if self.chosen:
            plans = Plan.objects.filter(organization=account.organization)
            of_product = plans.filter(plan_template__product=self.chosen)
            plan.queryset = of_product.select_related("plan_template__product").order_by("name")
            plan.empty_label = "Choose a plan"
            plan.help_text = f"Plans of {self.chosen.name}."

    def _chosen(self, product: "ProductField") -> Product | None:
        try:
            chosen: Product | None = product.clean(self["product"].value())
        except forms.ValidationError:
            return None
        return chosen

    @property
    def shows_other_plans(self) -> bool:
        """Whether the person was looking at the plans of another product than the one chosen now."""
        shown, chosen = self.data.get("plans_of", ""), str(self.chosen.pk) if self.chosen else ""
        return bool(shown != chosen)

    @property
    def keeps_current(self) -> bool:
        """Whether the person was asked about the attachment in the way, and chose to keep it."""
        return bool(self.data.get("end_current") == "")

    def look_ahead(self) -> None:
        """Find out what saving would bring about, if enough is filled in."""
        if self.is_valid():
            organization, plan = self.account.organization, self.cleaned_data["plan"]
            draft = AccountPlan(organization=organization, account=self.account, plan=plan, **self.settings())
            self.foresight = foresee(draft, end_current=not self.keeps_current)

    @property
    def submit(self) -> str:
        overlap = self.foresight.overlap if self.foresight else None
        ends = overlap is not None and overlap.can_end_current and not self.keeps_current
        return "End current and create attachment" if ends else "Create Plan attachment"


class AttachmentEditForm(SettingsForm, EntityForm):
    """Dates, cycle date, mode and code of an attachment, with the version that was read."""

    def __init__(self, *args: Any, entity: AccountPlan, **kwargs: Any) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        self.attachment = entity
        self.foresight: Foresight | None = None
        template = entity.plan.plan_template
        self.set_up(entity.account, "version", "start_date", "end_date", template=template)

    def look_ahead(self) -> None:
        """Find out what saving would bring about, if what is filled in can be saved."""
        if self.is_valid():
            after = copy(self.attachment)
            for name, value in self.settings().items():
                setattr(after, name, value)
            self.foresight = foresee_change(self.attachment, after)


def in_hierarchy(account: Account) -> bool:
    return ChildMembership.objects.filter(Q(child=account) | Q(parent=account)).exists()

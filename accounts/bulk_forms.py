"""The form that changes chosen fields of many accounts."""

from typing import Any, Final

from django import forms

from accounts.forms import MAX_DAYS, NOT_PERSONAL, currency_choices
from m3console.core.bulk.forms import BulkForm
from m3console.core.custom_fields.values import definitions
from m3console.core.exact import ExactField
from m3console.core.fields import MAX_TEXT
from m3console.core.forms import DateInput
from m3console.core.models import EntityType, ValueType

LEFT: Final = "Blank: left unchanged."
UNCHANGED, ORGANIZATIONS = "unchanged", "organization"
BLANK: Final[dict[str, Any]] = {"bill_epoch": None, "days_before_bill_due": None, "purchase_order_number": ""}


class EditAccountsForm(BulkForm):
    """Fields that many accounts may share; left blank, a field stays as it is in each (spec 1, Account)."""

    free_text: tuple[str, ...] = ("purchase_order_number", "reason")

    currency = forms.ChoiceField(initial=UNCHANGED)
    bill_epoch = forms.DateField(
        label="First bill date",
        required=False,
        widget=DateInput({"data-date-words": "day"}),
        help_text=LEFT,
    )
    clear_bill_epoch = forms.BooleanField(required=False, label="Clear it: the organization's epoch holds")
    days_before_bill_due = forms.IntegerField(
        label="Days before bill due",
        required=False,
        min_value=0,
        max_value=MAX_DAYS,
        help_text=LEFT,
    )
    clear_days_before_bill_due = forms.BooleanField(required=False)
    purchase_order_number = forms.CharField(
        label="Purchase order number",
        max_length=100,
        required=False,
        help_text=f"{LEFT} {NOT_PERSONAL}",
    )
    clear_purchase_order_number = forms.BooleanField(required=False, label="Clear it: bills show none")
    field_order = (
        "currency", "bill_epoch", "clear_bill_epoch", "days_before_bill_due", "clear_days_before_bill_due",
        "purchase_order_number", "clear_purchase_order_number", "reason", "personal_confirmed",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank, *others = currency_choices(self.organization, None)
        choices = [(UNCHANGED, "Leave unchanged"), (ORGANIZATIONS, blank[1]), *others]
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]
        days = self.organization.days_before_bill_due
        self.fields["clear_days_before_bill_due"].label = f"Clear it: the organization's {days} hold"
        self._add_custom_fields()

    def _add_custom_fields(self) -> None:
        """A box for each of the organization's custom fields of accounts, and one to tick that clears it."""
        self._custom: dict[str, str] = {}
        for number, each in enumerate(definitions(self.organization, EntityType.ACCOUNT)):
            name, label = f"custom_{number}", f"Custom field {each.name}"
            self._custom[name] = each.name
            self.fields[name] = (
                ExactField(label=label, required=False, help_text=LEFT)
                if each.value_type == ValueType.NUMBER
                else forms.CharField(
                    label=label, required=False, max_length=MAX_TEXT, help_text=f"{LEFT} {NOT_PERSONAL}"
                )
            )
            holds = f"the organization's {each.default_value} holds" if each.default_value else "it has none"
            self.fields[f"clear_{name}"] = forms.BooleanField(required=False, label=f"Clear it: {holds}")
        self.free_text = (*self.free_text, *self._custom)
        boxes = [box for name in self._custom for box in (name, f"clear_{name}")]
        self.order_fields([*self.field_order[:-2], *boxes, *self.field_order[-2:]])

    def _custom_changes(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What becomes of own values, by name; None takes one away."""
        changes = {}
        for name, called in self._custom.items():
            value, clear = cleaned.pop(name, None), cleaned.pop(f"clear_{name}", False)
            if clear and value not in (None, ""):
                self.add_error(name, "Type a value or clear it, not both.")
            elif clear or value not in (None, ""):
                changes[called] = None if clear else value
        return changes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        changes: dict[str, Any] = {}
        for name, blank in BLANK.items():
            value, clear = cleaned.get(name), cleaned.pop(f"clear_{name}", False)
            if clear and value not in (None, ""):
                self.add_error(name, "Type a value or clear it, not both.")
            elif clear or value not in (None, ""):
                changes[name] = blank if clear else value
        if (currency := cleaned.get("currency", UNCHANGED)) != UNCHANGED:
            changes["currency"] = None if currency == ORGANIZATIONS else currency
        if custom := self._custom_changes(cleaned):
            changes["custom_fields"] = custom
        if not changes and not self.errors:
            self.add_error(None, "Choose what to change: everything is left unchanged.")
        return cleaned | {"changes": changes}

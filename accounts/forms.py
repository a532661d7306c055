"""The account form, card by card as the screen shows it, and the confirmation of deleting."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.membership_forms import PARENT_OR_DAY, ParentForm
from accounts.models import Account
from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.forms import DateInput, EntityForm
from m3console.core.models import Currency, EntityType, Organization
from m3console.core.text import code_valid

NOT_PERSONAL: Final = "No personal data here: only name, address and email address may hold it."
ADDRESS: Final = ("address_line_1", "address_line_2", "locality", "region", "post_code", "country")
MAX_DAYS: Final = 3_650


class AccountForm(ParentForm):
    """Everything of an account that people type (spec 1, Account)."""

    free_text = ("code", "purchase_order_number", "custom_fields")

    name = forms.CharField(max_length=200)
    code = forms.CharField(
        max_length=80,
        strip=False,
        validators=[code_valid],
        help_text=f"Usage names the account by it; case-sensitive, used once. {NOT_PERSONAL}",
    )
    email_address = forms.EmailField(label="Email address", max_length=254)
    address_line_1 = forms.CharField(label="Address line 1", max_length=200, required=False)
    address_line_2 = forms.CharField(label="Address line 2", max_length=200, required=False)
    locality = forms.CharField(label="City / Town", max_length=200, required=False)
    region = forms.CharField(label="Region / Province", max_length=200, required=False)
    post_code = forms.CharField(label="Postcode / Zip", max_length=200, required=False)
    country = forms.CharField(max_length=200, required=False)
    currency = forms.ChoiceField(
        required=False, help_text="The currency of the account's bills, whatever its plans are priced in."
    )
    bill_epoch = forms.DateField(
        label="First bill date",
        required=False,
        widget=DateInput({"data-date-words": "day"}),
        help_text="Bills are cut from this day on, in steps of the plan's billing frequency."
        " Blank: the organization's epoch of that frequency.",
    )
    days_before_bill_due = forms.IntegerField(
        label="Days before bill due", required=False, min_value=0, max_value=MAX_DAYS
    )
    purchase_order_number = forms.CharField(
        label="Purchase order number",
        max_length=100,
        required=False,
        help_text=f"Stands on bills made from now on; existing bills keep theirs. {NOT_PERSONAL}",
    )

    custom_fields = CustomFieldsFormField(EntityType.ACCOUNT, help_text=NOT_PERSONAL)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, organization=organization, **kwargs)
        self.helper = _laid_out(*PARENT_OR_DAY) if self.entity else _laid_out("parent_account")
        used = self.entity.currency if isinstance(self.entity, Account) else None
        self.fields["currency"].choices = currency_choices(organization, used)  # type: ignore[attr-defined]
        self.fields[
            "days_before_bill_due"
        ].help_text = f"Blank: the organization's, {organization.days_before_bill_due}."

    def values(self) -> dict[str, Any]:
        """What was typed, by the account's fields."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return cleaned | {"currency": cleaned["currency"] or None}


def _laid_out(*parent: Any) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.render_hidden_fields = True
    helper.layout = Layout(
        Fieldset("Account details", "name", "code", "email_address", *parent),
        Fieldset("Address", *ADDRESS),
        Fieldset("Bill settings", "currency", "bill_epoch", "days_before_bill_due", "purchase_order_number"),
        Fieldset("Custom fields", "custom_fields"),
        "personal_confirmed",
    )
    return helper


def currency_choices(organization: Organization, used: str | None) -> list[tuple[str, str]]:
    """The organization's currencies to choose from; an archived one only where it is in use."""
    rows = Currency.objects.filter(Q(archived=False) | Q(code=used), organization=organization)
    choices = [(row.code, row.code if row.name == row.code else f"{row.code}, {row.name}") for row in rows]
    return [("", f"Use organization's ({organization.currency})"), *choices]


class TypedCodeForm(EntityForm):
    """Confirms what cannot be taken back: the account's code is typed."""

    typed_code = forms.CharField(label="Type the account's code", max_length=80, strip=False)

    def __init__(self, *args: Any, entity: Account, **kwargs: Any) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        self.account = entity
        self.fields["typed_code"].help_text = f"The code is {entity.code}."
        self.fields["typed_code"].widget.attrs["autocomplete"] = "off"

    def clean_typed_code(self) -> str:
        typed: str = self.cleaned_data["typed_code"]
        if typed != self.account.code:
            raise ValidationError(f"This is not the code of the account, which is {self.account.code}.")
        return typed


class DeleteAccountForm(TypedCodeForm):
    """Confirms a deletion; the code is typed where something would be lost."""

    def __init__(self, *args: Any, typed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed_code"].label = "Type the account's code to delete it"
        if not typed:
            del self.fields["typed_code"]


class EraseForm(TypedCodeForm):
    """Confirms that an account's personal data is erased, and says why."""

    reason = forms.CharField(
        max_length=500,
        help_text="A ticket or a law, such as “GDPR, art. 17, case 1234”. It is kept in the history for ever,"
        " so it names nobody.",
    )
    field_order = ("reason", "typed_code")

    def fresh(self) -> Account:
        """Also of a deleted account, which is there to be erased."""
        return Account.everyone.get(pk=self.account.pk)

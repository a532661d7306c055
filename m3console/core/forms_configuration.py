"""The forms of an organization's configuration and of its currencies."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from m3console.core.configuration import MOST_DAYS_DUE
from m3console.core.custom_fields.typed import CustomFieldsFormField
from m3console.core.exact import ExactField
from m3console.core.forms import ConsoleForm, DateInput, EntityForm
from m3console.core.models import Currency, CurrencyConversion, EntityType, Organization, RoundingMode
from m3console.core.models.organization import ExternalInvoiceDate
from m3console.core.rows import RowsForm
from m3console.core.text import strict_code_valid

HELP = {
    "Billing calendar": "Bill dates of the plans of a frequency are counted from its epoch, unless the"
    " attachment has a billing cycle date or the account a first bill date. It cannot change once bills were"
    " made.",
    "Charges in advance": "Of plan templates and plans that do not say otherwise. A charge in advance is for"
    " the period that begins on the bill date.",
}
CARDS: dict[str, tuple[str, ...]] = {
    "General": ("name", "currency", "timezone"),
    "Billing calendar": ("month_epoch", "year_epoch", "week_epoch", "day_epoch"),
    "Bills": ("days_before_bill_due", "external_invoice_date", "suppress_empty_bills", "consolidate_bills"),
    "Charges in advance": ("standing_charge_bill_in_advance", "minimum_spend_bill_in_advance"),
    "Accounts and plans": ("allow_overlapping_plans", "auto_create_accounts"),
}
FIXED = "Cannot change once bills were made with it."
ROUNDING = [
    (RoundingMode.HALF_UP, "Half up: 0.125 becomes 0.13, −0.125 becomes −0.13"),
    (RoundingMode.HALF_DOWN, "Half down: 0.125 becomes 0.12, 0.126 becomes 0.13"),
    (RoundingMode.HALF_EVEN, "Half even: 0.125 becomes 0.12, 0.135 becomes 0.14"),
    (RoundingMode.UP, "Up: away from zero, 0.121 becomes 0.13"),
    (RoundingMode.DOWN, "Down: towards zero, 0.129 becomes 0.12"),
    (RoundingMode.CEILING, "Ceiling: 0.121 becomes 0.13, −0.129 becomes −0.12"),
    (RoundingMode.FLOOR, "Floor: 0.129 becomes 0.12, −0.121 becomes −0.13"),
    (RoundingMode.UNNECESSARY, "Unnecessary: an amount that would have to be rounded fails its bill"),
]

CHOOSE = {"required": "Choose a currency."}


def epoch() -> forms.DateField:
    return forms.DateField(widget=DateInput({"data-date-words": "day"}))


class ConversionForm(ConsoleForm):
    """One rate; a blank row is none."""

    from_currency = forms.ChoiceField(label="From", error_messages=CHOOSE)
    to_currency = forms.ChoiceField(label="To", error_messages=CHOOSE)
    multiplier = ExactField()


class ConfigurationForm(RowsForm):
    """What an organization can set today, with its currency conversions as rows."""

    name = forms.CharField(max_length=200)
    currency = forms.ChoiceField(
        help_text="Of the bills of accounts without one of their own. A change counts for bills not yet cut."
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        choices=[(name, name) for name in sorted(available_timezones())],
        help_text=f"A billing day begins and ends at midnight in it. {FIXED}",
    )
    month_epoch = epoch()
    year_epoch = epoch()
    week_epoch = epoch()
    day_epoch = epoch()
    days_before_bill_due = forms.IntegerField(
        label="Days before bill due",
        min_value=0,
        max_value=MOST_DAYS_DUE,
        help_text="From a bill's date to its due date, unless the account says otherwise.",
    )
    external_invoice_date = forms.ChoiceField(
        label="External invoice date",
        choices=ExternalInvoiceDate.choices,
        help_text="The date that accounting is given: the bill date, or the day before.",
    )
    suppress_empty_bills = forms.BooleanField(
        required=False, help_text="A bill without a line is then not made at all."
    )
    consolidate_bills = forms.BooleanField(
        required=False,
        help_text="Plans of several frequencies that are due on one date then share one bill. Dates with an"
        " approved bill stay as they are.",
    )
    standing_charge_bill_in_advance = forms.BooleanField(label="Standing charge", required=False)
    minimum_spend_bill_in_advance = forms.BooleanField(label="Minimum spend", required=False)
    allow_overlapping_plans = forms.BooleanField(
        label="Allow overlapping attached plans",
        required=False,
        help_text="An account may then have several plans of one product on the same day. Switching it off is"
        " refused while such plans exist.",
    )
    auto_create_accounts = forms.BooleanField(
        label="Create accounts for unknown codes",
        required=False,
        help_text="Usage of an unknown account code makes a skeleton account; otherwise it waits among the"
        " ingest events.",
    )
    custom_fields = CustomFieldsFormField(EntityType.ORGANIZATION)
    row_form = ConversionForm
    row_name = "Conversion"
    rows_label = "Currency conversions"
    most_rows = 500

    def __init__(self, *args: Any, entity: Organization, **kwargs: Any) -> None:
        self.organization = entity
        self.codes = sorted(self._codes(entity))
        super().__init__(*args, entity=entity, **kwargs)
        offered = Currency.objects.filter(organization=entity).order_by("code")
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            (row.code, row.code if row.name == row.code else f"{row.code}, {row.name}")
            for row in offered
            if not row.archived or row.code == entity.currency
        ]
        self.cards = [
            (title, HELP.get(title, ""), [self[name] for name in names]) for title, names in CARDS.items()
        ]

    @staticmethod
    def _codes(organization: Organization) -> set[str]:
        """Every code that a conversion may name: the currencies', and what conversions name already."""
        codes = set(Currency.objects.filter(organization=organization).values_list("code", flat=True))
        pairs = CurrencyConversion.objects.filter(organization=organization)
        for pair in pairs.values_list("from_currency", "to_currency"):
            codes.update(pair)
        return codes

    @classmethod
    def saved_rows(cls, entity: Any) -> Sequence[Mapping[str, Any]]:
        pairs = CurrencyConversion.objects.filter(organization=entity)
        return list(pairs.values("from_currency", "to_currency", "multiplier"))

    def row_class(self) -> type[ConsoleForm]:
        choices = [("", "Choose"), *((code, code) for code in self.codes)]
        fields = {
            "from_currency": forms.ChoiceField(label="From", choices=choices, error_messages=CHOOSE),
            "to_currency": forms.ChoiceField(label="To", choices=choices, error_messages=CHOOSE),
            "multiplier": ExactField(),
        }
        return type("ConversionRow", (ConversionForm,), fields)

    def settings(self) -> dict[str, Any]:
        names = [*(name for names in CARDS.values() for name in names), "custom_fields"]
        return {name: self.cleaned_data[name] for name in names}

    def conversions(self) -> list[tuple[Any, Any, Any]]:
        """From, to and multiplier of every row that is filled in."""
        return [(row["from_currency"], row["to_currency"], row["multiplier"]) for row in self.row_values]


class CurrencyForm(EntityForm):
    """A currency or custom unit; its code is given once."""

    code = forms.CharField(
        max_length=80,
        validators=[strict_code_valid],
        help_text="An ISO code such as EUR, or a unit of your own such as credits. It cannot be changed.",
    )
    name = forms.CharField(max_length=200)
    max_decimal_places = forms.IntegerField(
        label="Max decimal places",
        min_value=0,
        max_value=5,
        initial=2,
        help_text=f"0 to 5. Amounts on bills are rounded to it. {FIXED}",
    )
    rounding_mode = forms.ChoiceField(
        label="Rounding mode",
        choices=ROUNDING,
        initial=RoundingMode.HALF_UP,
        help_text=f"How an amount between two is rounded, here with two decimals. {FIXED}",
    )
    archived = forms.BooleanField(
        required=False, help_text="No longer offered. What has it already keeps it, and is billed in it."
    )

    def __init__(self, *args: Any, entity: Currency | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entity=entity, **kwargs)
        del self.fields["archived" if entity is None else "code"]
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.render_hidden_fields = False, True
        self.helper.layout = Layout(*(name for name in self.fields if name != "version"))

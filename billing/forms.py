"""The form that starts a run of billing."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Account
from m3console.core.forms import ConsoleForm, DateInput
from m3console.core.models import Organization
from plans.models import BillFrequency

MAX_PICKED = 1_000
UNBILLED = [
    ("latest", "Latest due bill only"),
    ("all", "Every unbilled period up to the date"),
]


class RunBillingForm(ConsoleForm):
    """Bill date, frequency, accounts, and how far back (spec 3, Run billing)."""

    bill_date = forms.DateField(
        label="Bill date",
        widget=DateInput(),
        help_text="Bills due on or before this day. Usage up to the day before it is counted.",
    )
    billing_frequency = forms.ChoiceField(label="Frequency", required=False)
    accounts = forms.CharField(
        label="Accounts",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"}),
        help_text="Account codes, one a line. Blank bills every account with an attached plan.",
    )
    periods = forms.ChoiceField(
        label="Periods",
        choices=UNBILLED,
        initial="latest",
        widget=forms.RadioSelect,
        help_text="With the latest only, the result says how many accounts have earlier unbilled periods.",
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.fields["billing_frequency"].choices = [  # type: ignore[attr-defined]
            ("", "All frequencies"),
            *BillFrequency.choices,
        ]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("Which bills", "bill_date", "billing_frequency", "periods"),
            Fieldset("For whom", "accounts"),
        )

    def clean_accounts(self) -> list[Account]:
        codes = list(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["accounts"].splitlines()))))
        if len(codes) > MAX_PICKED:
            raise ValidationError(
                f"At most {MAX_PICKED:,} accounts can be picked; leave it blank to bill all."
            )
        found = list(Account.objects.filter(organization=self.organization, code__in=codes))
        missing = [code for code in codes if code not in {account.code for account in found}]
        if missing:
            shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
            raise ValidationError(f"There is no account with code {shown}.")
        return found

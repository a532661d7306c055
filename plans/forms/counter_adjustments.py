"""The form of a counter adjustment, and what it would bring about."""

import datetime
from copy import copy
from typing import Any

from django import forms
from django.db.models.functions import Lower

from accounts.forms import NOT_PERSONAL
from accounts.models import Account
from m3console.core.forms import DateInput
from m3console.core.personal import FreeTextForm
from plans.adjustment_effects import ForeseenAdjustment, foresee_adjustment
from plans.adjustments import HIGHEST, adjustable
from plans.forms.common import choose_from, date_in_words, laid_out
from plans.models import Counter, CounterAdjustment


class CounterChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, counter: Counter) -> str:
        return f"{counter.name}, in {counter.unit}"


class CounterAdjustmentForm(FreeTextForm):
    """The level of a counter from a day on; the counter is chosen once."""

    free_text = ("purchase_order_number",)

    counter = CounterChoice(
        Counter.objects.none(),
        empty_label="Choose a counter",
        help_text="Those that a plan attached to the account prices.",
        error_messages={"required": "Choose a counter."},
    )
    date = forms.DateField(
        widget=DateInput(date_in_words()),
        help_text="The first day of the new level.",
        error_messages={"required": "Enter the first day of the new level."},
    )
    value = forms.IntegerField(
        min_value=0,
        max_value=HIGHEST,
        widget=forms.TextInput({"inputmode": "numeric", "class": "num", "size": 14}),
        help_text="The new level, not the change: 25 if there are 25 from that day on.",
        error_messages={
            "required": "Enter the new level.",
            "invalid": "Enter a whole number.",
            "min_value": "A level is 0 or more.",
        },
    )
    purchase_order_number = forms.CharField(max_length=100, required=False, help_text=NOT_PERSONAL)

    def __init__(
        self,
        *args: Any,
        account: Account,
        today: datetime.date | None = None,
        entity: CounterAdjustment | None = None,
        **kwargs: Any,
    ) -> None:
        initial = {"date": today, **(kwargs.pop("initial", None) or {})} if today else None
        super().__init__(*args, entity=entity, initial=initial, **kwargs)
        self.account = account
        self.foresight: ForeseenAdjustment | None = None
        if entity:
            del self.fields["counter"]
        else:
            choose_from(self, "counter", adjustable(account).order_by(Lower("name"), "id"))
        names = ["counter", "date", "value", "purchase_order_number", "personal_confirmed"]
        self.helper = laid_out(self, {"Counter adjustment": names})

    def values(self) -> dict[str, Any]:
        """What was given, by the names of the services."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def look_ahead(self) -> None:
        """Fill `foresight` as far as the form makes sense, and complain of nothing."""
        self.is_valid()
        draft = self._draft(self.cleaned_data)
        self.unjudged()
        if draft is not None:
            before = self.entity if isinstance(self.entity, CounterAdjustment) else None
            self.foresight = foresee_adjustment(before, draft)

    def _draft(self, given: dict[str, Any]) -> CounterAdjustment | None:
        if given.get("date") is None or given.get("value") is None:
            return None
        if isinstance(self.entity, CounterAdjustment):
            draft = copy(self.entity)
            draft.date, draft.value = given["date"], given["value"]
            return draft
        if given.get("counter") is None:
            return None
        draft = CounterAdjustment(account=self.account, organization=self.account.organization)
        draft.counter, draft.date, draft.value = given["counter"], given["date"], given["value"]
        return draft

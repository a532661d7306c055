"""Whose child an account is, and from which day when that changes (spec 1, Parent and child accounts)."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from crispy_forms.layout import HTML, Div
from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import AccountField
from accounts.memberships import MembershipChange, foretold, proposed_day, settle
from accounts.models import Account
from m3console.core.errors import RuleViolation
from m3console.core.forms import DateInput, EntityForm
from m3console.core.links import reverse
from m3console.core.models import Organization
from m3console.core.personal import FreeTextForm
from m3console.core.registry import Effect

DAY: Final = "parent_from"
PROPOSAL: Final = "Proposed: the first day that none of their bills has yet."
CHOOSE_DAY: Final = {"required": "Choose the day."}
ASKING: Final[dict[str, str]] = {"hx-post": "", "hx-trigger": "change", "hx-vals": '{"step": "parent_day"}'}
"""How a box for the day has its effects written anew as it changes."""

# The parent's box asks for the day under it as soon as another one is chosen.
PARENT_OR_DAY: Final = (
    Div(
        "parent_account",
        hx_post="",
        hx_trigger="change",
        hx_target="#parent-day",
        hx_sync="this:replace",
        hx_vals='{"step": "parent"}',
    ),
    Div(HTML("{% include 'accounts/_parent_day.html' %}"), css_id="parent-day"),
)


class ParentForm(FreeTextForm):
    """The part of the account form about its parent. An account that is there is asked for the day."""

    parent_account = AccountField(
        label="Parent account",
        top_level=True,
        required=False,
        help_text="Type a name or code and choose from the list. Blank: the account stands by itself.",
    )
    parent_from = forms.DateField(
        label="From which day", required=False, widget=DateInput, error_messages=CHOOSE_DAY
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_account"].organization = organization  # type: ignore[attr-defined]
        self.change = self._change()
        self.asks = False
        if self.change is None:
            del self.fields[DAY]
        else:
            self._set_up(self.change)

    @property
    def effects(self) -> list[Effect]:
        """What the change of parent brings about from the day that is given."""
        return _effects(self, self.change) if self.change else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.change and self.asks:
            self._ask_day(self.change)
        return cleaned

    def _ask_day(self, change: MembershipChange) -> None:
        """An error until the day has been seen, or at once why that parent cannot be one."""
        try:
            settle(replace(change, day=self.cleaned_data.get(DAY)))
        except RuleViolation as refused:
            self.refuse(refused)
        else:
            self.add_error(DAY, "The parent account changes: check from which day, then save again.")

    def _change(self) -> MembershipChange | None:
        """What is asked for, if it is another parent than the saved one; the day is left open."""
        if not (self.is_bound and isinstance(self.entity, Account)):
            return None
        box = self["parent_account"]
        try:
            after: Account | None = box.field.clean(box.data)
        except ValidationError:
            return None
        before = self.entity.parent_account
        return None if after == before else MembershipChange(self.entity, before, after, None)

    def _set_up(self, change: MembershipChange) -> None:
        key, field = self.add_prefix(DAY), self.fields[DAY]
        if key not in self.data:
            self.asks = True
            day = proposed_day(change.child, before=change.before, after=change.after)
            sent: Any = self.data
            sent = sent.copy()
            sent[key] = day.isoformat() if day else ""
            self.data = sent
        field.required = change.before is not None
        blank = "" if change.before else " Blank: from the beginning."
        field.help_text = f"{PROPOSAL}{blank}"
        field.widget.attrs |= {**_words(change), **ASKING, "hx-target": "#parent-effects"}


class RemoveChildForm(EntityForm):
    """Confirms that a child stands by itself again, from a day on."""

    parent_from = forms.DateField(
        label="From which day",
        widget=DateInput,
        help_text=f"It is a child until the day before. {PROPOSAL}",
        error_messages=CHOOSE_DAY,
    )

    def __init__(self, *args: Any, entity: Account, parent: Account, **kwargs: Any) -> None:
        self.change = MembershipChange(entity, parent, None, None)
        initial = {DAY: proposed_day(entity, before=parent, after=None)}
        super().__init__(*args, entity=entity, initial=initial, **kwargs)
        # In a dialog the address of the page is another one than the form's.
        here = {"hx-post": reverse("accounts:child_remove", pk=entity.pk), "hx-target": "#foretold"}
        self.fields[DAY].widget.attrs |= {**_words(self.change), **ASKING, **here}

    @property
    def effects(self) -> list[Effect]:
        """What removing the child brings about from the day that is given."""
        return _effects(self, self.change)


def _words(change: MembershipChange) -> dict[str, str]:
    if change.before is None:
        return {"data-date-words": "day"}
    return {"data-date-words": "end", "data-date-label": "Last day as a child"}


def _effects(form: forms.Form, change: MembershipChange) -> list[Effect]:
    """Of a change from the form's day on; none while that is no day."""
    box = form[DAY]
    try:
        day: date | None = box.field.clean(box.value())
    except ValidationError:
        return []
    return foretold(replace(change, day=day))

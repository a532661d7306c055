"""What the pages of plan attachments show."""

from datetime import date
from typing import Any

from accounts.models import Account
from accounts.views.header import crumbs as account_crumbs
from m3console.core import clock, permissions
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.registry import Tab, extensions
from m3console.core.templatetags.console import day, money
from m3console.core.text import day_in_words, days_in_words
from plans.attachments import blockers_of
from plans.cycles import cycle_in_words
from plans.forms.attachments import in_hierarchy
from plans.in_advance import standing_charge_in_advance
from plans.models import AccountPlan, BillFrequency, BillsAs
from plans.views.charged import charged_rows
from plans.views.counter_pricing_rows import counter_groups_of
from plans.views.minimums import minimum_rows
from plans.views.panels import link
from plans.views.pricing_rows import all_from_template, groups_of, on_owner

KIND = "plans.accountplan"
NAMED_CREDITS = 20
HISTORY = Tab("history", "History", "plans:attachment_history", 1_000)


def crumbs(account: Account) -> list[dict[str, str]]:
    tab = {"label": "Attached plans", "url": reverse("plans:attachment_list", pk=account.pk)}
    return [*account_crumbs(account), tab]


def create_context(account: Account) -> dict[str, Any]:
    return {
        "account": account,
        "title": "Create plan attachment",
        "crumbs": crumbs(account),
        "cancel_url": reverse("plans:attachment_list", pk=account.pk),
    }


def edit_context(attachment: AccountPlan) -> dict[str, Any]:
    days = days_in_words(attachment.start_date, attachment.end_date)
    return {
        "title": f"Edit plan attachment {attachment.plan.name}",
        "attachment": attachment,
        "days": days,
        "submit": "Update Plan attachment",
        "crumbs": [*crumbs(attachment.account), _own_crumb(attachment)],
        "cancel_url": reverse("plans:attachment_detail", pk=attachment.pk),
    }


def delete_context(attachment: AccountPlan) -> dict[str, Any]:
    """What deleting takes away, or the bills that forbid it."""
    plan, account = attachment.plan.name, attachment.account.name
    days = days_in_words(attachment.start_date, attachment.end_date)
    made = [sentence for ask in extensions(KIND).losses for sentence in ask(attachment.pk)]
    return {
        "title": f"Delete plan attachment {plan}?",
        "effects": [
            f"{plan} is taken off {account} for all its days, {days}: they are not billed by it.",
            *(made or ["No bill has been made under it."]),
        ],
        "blockers": blockers_of(attachment),
        "blocked": f"{plan} cannot be deleted, as bills have lines of it. End-date it instead.",
        "submit": "Delete plan attachment",
        "danger": True,
        "crumbs": [*crumbs(attachment.account), _own_crumb(attachment)],
        "cancel_url": reverse("plans:attachment_list", pk=attachment.account_id),
    }


def _own_crumb(attachment: AccountPlan) -> dict[str, str]:
    return {"label": attachment.plan.name, "url": reverse("plans:attachment_detail", pk=attachment.pk)}


def attachment_page(request: Request, attachment: AccountPlan, *, tab: str) -> dict[str, Any]:
    """The head that all pages of one attachment share."""
    own = [Tab("details", "Details", "plans:attachment_detail", 0), *extensions(KIND).tabs, HISTORY]
    return {
        "attachment": attachment,
        "title": attachment.plan.name,
        "status": attachment.status(clock.today(attachment.organization.timezone)),
        "attached": days_in_words(attachment.start_date, attachment.end_date),
        "crumbs": crumbs(attachment.account),
        "undeletable": blockers_of(attachment) if _may_delete(request) else [],
        "tabs_label": "Plan attachment",
        "tabs": [
            {
                "label": one.label,
                "url": reverse(one.url_name, pk=attachment.pk),
                "current": one.key == tab,
                "count": one.count(attachment) if one.count else None,
            }
            for one in sorted(own, key=lambda one: one.order)
            if one.shown(attachment)
        ],
    }


def _may_delete(request: Request) -> bool:
    return permissions.allows(request.membership.role, "plans:attachment_delete")


def detail_context(request: Request, attachment: AccountPlan) -> dict[str, Any]:
    return {
        **attachment_page(request, attachment, tab="details"),
        **_pricings(attachment),
        **_counter_pricings(attachment),
        "panels": [
            {"url": reverse(one.url_name, pk=attachment.pk), "label": one.key.replace("_", " ").capitalize()}
            for one in sorted(extensions(KIND).panels, key=lambda one: one.order)
            if permissions.allows(request.membership.role, one.url_name)
        ],
        "facts": [
            _own_panel(request, attachment),
            {"id": "plan", "title": "Plan details", "rows": _plan_facts(attachment)},
            {"id": "standing-charge", "title": "Standing charge", "rows": _charge_facts(attachment)},
            {"id": "adjustments", "title": "Adjustments", "rows": _adjustments(attachment)},
        ],
    }


def _pricings(attachment: AccountPlan) -> dict[str, Any]:
    """The plan's and its template's pricings that apply on a day of the attachment."""
    start, end = attachment.start_date, attachment.end_date or date.max
    groups, more = groups_of(attachment.plan, clock.today(attachment.organization.timezone))
    for group in groups:
        group.rows = [
            row
            for row in group.rows
            if row.pricing.start_date < end and start < (row.pricing.end_date or date.max)
        ]
    groups = [group for group in groups if group.rows]
    return {
        "groups": groups,
        "all_from_template": all_from_template(groups),
        "currency": attachment.plan.plan_template.currency,
        "all_url": f"{reverse('plans:pricing_list')}?plan={attachment.plan_id}" if more else "",
    }


def _counter_pricings(attachment: AccountPlan) -> dict[str, Any]:
    """The plan's and its template's counter pricings that apply on a day of the attachment."""
    start, end = attachment.start_date, attachment.end_date or date.max
    groups, more = counter_groups_of(attachment.plan, clock.today(attachment.organization.timezone))
    for group in groups:
        group.warnings = []  # of all days, those before and after the attachment too
        group.rows = [
            row
            for row in group.rows
            if row.pricing.start_date < end and start < (row.pricing.end_date or date.max)
        ]
    url = f"{reverse('plans:counter_pricing_list')}?plan={attachment.plan_id}" if more else ""
    return {"counter_groups": [group for group in groups if group.rows], "all_counters_url": url}


def _own_panel(request: Request, attachment: AccountPlan) -> dict[str, Any]:
    edit = "plans:attachment_edit"
    may_edit = permissions.allows(request.membership.role, edit)
    return {
        "id": "attachment",
        "title": "Plan attachment details",
        "edit_url": reverse(edit, pk=attachment.pk) if may_edit else "",
        "rows": _own_facts(attachment),
    }


def _own_facts(attachment: AccountPlan) -> list[dict[str, Any]]:
    end, last = attachment.end_date, attachment.last_billed_day
    rows: list[dict[str, Any]] = [
        {"label": "Start", "value": day(attachment.start_date)},
        {"label": "End", "value": day(end) or "None, runs until ended"},
        {"label": "Last billed day", "value": day(last)},
        {"label": "Billing cycle", "value": _cycle_of(attachment), "hint": _anchor_of(attachment)},
        {"label": "Code", "value": attachment.code, "copyable": True},
    ]
    if in_hierarchy(attachment.account):
        rows.append({"label": "Hierarchy", "value": attachment.get_child_billing_mode_display()})
    return rows


def _cycle_of(attachment: AccountPlan) -> str:
    template = attachment.plan.plan_template
    return cycle_in_words(attachment.anchor, template.bill_frequency, template.bill_frequency_interval)


def _anchor_of(attachment: AccountPlan) -> str:
    if attachment.plan.plan_template.bill_frequency == BillFrequency.AD_HOC:
        return ""
    anchor = day_in_words(attachment.anchor)
    if attachment.bill_epoch:
        return f"counted from {anchor}"
    return f"from {'account' if attachment.account.bill_epoch else 'organization'}, counted from {anchor}"


def _plan_facts(attachment: AccountPlan) -> list[dict[str, Any]]:
    plan, template = attachment.plan, attachment.plan.plan_template
    billed = attachment.account.currency or attachment.organization.currency
    return [
        {"label": "Plan", "value": link("plans:plan_detail", plan)},
        {"label": "Code", "value": plan.code, "copyable": True},
        {"label": "Plan template", "value": link("plans:plan_template_detail", template)},
        {"label": "Product", "value": link("plans:product_detail", template.product)},
        {
            "label": "Currency",
            "value": template.currency,
            "hint": f"billed in {billed}" if billed != template.currency else "",
        },
        {"label": "Frequency", "value": template.frequency_in_words},
    ]


def _charge_facts(attachment: AccountPlan) -> list[dict[str, Any]]:
    plan, template = attachment.plan, attachment.plan.plan_template
    whose = "from template" if plan.standing_charge is None else ""
    described = plan.standing_charge_description or template.standing_charge_description
    billed = standing_charge_in_advance(attachment.organization, template, plan)
    charged = charged_rows(billed, template, "plan")
    return [
        {
            "label": "Amount",
            "value": money(plan.charge, template.currency),
            "hint": whose,
        },
        {"label": "Description", "value": described or "Standing Charge"},
        *({"label": label, "value": value, "hint": hint} for label, value, hint in charged),
    ]


def _adjustments(attachment: AccountPlan) -> list[dict[str, Any]]:
    """What raises or lowers a bill beside its charges: the plan's minimum, and credits that are priced."""
    rows: list[dict[str, Any]] = [
        {"label": label, "value": value, "hint": hint} for label, value, hint in minimum_rows(attachment.plan)
    ]
    credited = on_owner(attachment.plan).exclude(type=BillsAs.DEBIT)
    credited = credited.select_related("aggregation", "compound_aggregation")
    for pricing in credited.order_by("start_date", "id")[:NAMED_CREDITS]:
        title = link("plans:pricing_detail", pricing)
        rows.append({"label": pricing.get_type_display(), "value": title})
    return rows

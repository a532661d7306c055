"""The Attached accounts tab of a plan, and of a plan template for all its plans."""

from typing import Any, Final
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from m3console.core import clock
from m3console.core.http import Request
from m3console.core.links import reverse
from m3console.core.lists.filters import ListFilter
from m3console.core.lists.keyset import SortKey, capped_count
from m3console.core.lists.listing import Table, listing
from m3console.core.registry import Tab, extensions
from m3console.core.templatetags.console import period, period_text, status
from plans.models import AccountPlan, AttachmentStatus, Plan, PlanTemplate
from plans.models.attachments import AccountPlanQuerySet
from plans.views.columns import HIDE
from plans.views.pages import entity_context, find, today
from plans.views.panels import link

TAB = "accounts"
COUNTED = 1_000
SORTS: Final[dict[str, SortKey]] = {"start_date": F("start_date")}
EMPTY = "Attach it on an account's page: Account actions, Plans, Create plan attachment."


class AttachedTable(Table):
    """A row an attachment, newest start first; on phones its days stand below the account."""

    name = tables.Column("Account", accessor="account")
    code = tables.Column(accessor="account__code", attrs=HIDE | {"td": {"class": "mono hide-md"}})
    start_date = tables.Column("Attached", empty_values=(), attrs=HIDE)
    status = tables.Column(accessor="pk")

    class Meta(Table.Meta):
        sequence: Any = ("name", "code", "start_date", "status")

    def render_name(self, record: AccountPlan) -> Any:
        account = link("accounts:account_detail", record.account)
        return format_html('{}<span class="cell-sub">{}</span>', account, self.below(record))

    def below(self, record: AccountPlan) -> Any:
        """What a phone shows below the account."""
        return self.render_start_date(record)

    def value_name(self, record: AccountPlan) -> str:
        return str(record.account)

    def render_start_date(self, record: AccountPlan) -> Any:
        """The days, which lead to the attachment."""
        url = reverse("plans:attachment_detail", pk=record.pk)
        return format_html('<a href="{}">{}</a>', url, period(record.start_date, record.end_date))

    def value_start_date(self, record: AccountPlan) -> str:
        return period_text(record.start_date, record.end_date)

    def render_status(self, record: AccountPlan) -> Any:
        return status(self.value_status(record))

    def value_status(self, record: AccountPlan) -> str:
        return record.status(today(self.request)).value


class AttachedByPlanTable(AttachedTable):
    """The same for several plans."""

    plan = tables.Column(linkify=lambda record: reverse("plans:plan_detail", pk=record.plan_id), attrs=HIDE)

    class Meta(AttachedTable.Meta):
        sequence: Any = ("name", "code", "plan", "start_date", "status")

    def below(self, record: AccountPlan) -> Any:
        return format_html("{}, {}", record.plan, super().below(record))


class AttachedFilter(ListFilter):
    status = django_filters.ChoiceFilter(
        label="Status", empty_label="Any", choices=AttachmentStatus.choices, method="narrow"
    )

    def narrow(self, rows: AccountPlanQuerySet, name: str, value: str) -> QuerySet[AccountPlan]:
        on = clock.today(self.request.organization.timezone)
        if value == AttachmentStatus.PENDING:
            return rows.filter(start_date__gt=on)
        return rows.previous(on) if value == AttachmentStatus.INACTIVE else rows.active(on)


@require_safe
def plan_accounts(request: Request, pk: UUID) -> HttpResponseBase:
    """The accounts that the plan is attached to: now, later, or until some day."""
    plan = find(request, Plan.objects.select_related("plan_template"), pk)
    return _attached(request, plan, AttachedTable)


@require_safe
def plan_template_accounts(request: Request, pk: UUID) -> HttpResponseBase:
    """The accounts that any plan of the template is attached to."""
    return _attached(request, find(request, PlanTemplate.objects.all(), pk), AttachedByPlanTable)


def _attached(request: Request, owner: Plan | PlanTemplate, table: type[Table]) -> HttpResponseBase:
    return listing(
        request,
        title="Attached accounts",
        rows=attached_to(owner).select_related("account", "plan"),
        table=table,
        sorts=SORTS,
        default="-start_date",
        filters=AttachedFilter,
        search="Account name, code or email",
        noun="attachment",
        empty=EMPTY,
        context=entity_context(request, owner, tab=TAB),
        template="plans/attached_tab.html",
    )


def attached_to(owner: Plan | PlanTemplate) -> AccountPlanQuerySet:
    rows = AccountPlan.objects.all()
    return rows.filter(plan=owner) if isinstance(owner, Plan) else rows.filter(plan__plan_template=owner)


def attached_figures(request: Request, owner: Plan | PlanTemplate) -> list[tuple[str, str, str]]:
    """How many attachments there are today, up to a cap, each with the page that lists them."""
    rows, on = attached_to(owner), today(request)
    url = reverse(f"plans:{'plan' if isinstance(owner, Plan) else 'plan_template'}_accounts", pk=owner.pk)
    return [
        ("All", capped_count(rows), url),
        ("Active", capped_count(rows.active(on)), f"{url}?status=ACTIVE"),
        ("Pending", capped_count(rows.filter(start_date__gt=on)), f"{url}?status=PENDING"),
    ]


def register() -> None:
    for kind, name in (("plans.plan", "plan"), ("plans.plantemplate", "plan_template")):
        tab = Tab(TAB, "Attached accounts", f"plans:{name}_accounts", 20, count=_count)
        extensions(kind).tabs.append(tab)


def _count(owner: Plan | PlanTemplate) -> int:
    return attached_to(owner)[:COUNTED].count()

"""Every page that a signed-in person can open, made from the URL table, and what each is about."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Account, AccountImport
from billing.models import Bill, BillJob, BillLine
from billing.usage.models import IngestEvent, Upload
from m3console.core.models import Currency, CustomFieldDefinition, Organization, SavedFilter
from plans.models import (
    AccountPlan,
    Aggregation,
    CompoundAggregation,
    Counter,
    CounterAdjustment,
    CounterPricing,
    DataField,
    Meter,
    Plan,
    PlanTemplate,
    Pricing,
    Product,
)
from tests.test_permissions import OURS

NOT_PAGES = {
    "healthz",
    "readyz",
    "accounts:account_suggest",  # a fragment of forms
    "core:palette",  # a fragment of the palette
    "core:columns_keep",  # posts only
    "core:saved_filter_create",  # these two are about a list, which their address names
    "core:saved_filter_replace",
    "accounts:import_template",  # a file
    "accounts:import_discard",  # posts only
    "billing:bill_export",  # a file
    "billing:bill_line",  # a fragment of the bill
    "billing:job_cancel",  # these answer posts only
    "billing:job_retry",
    "usage:upload_rejects",  # files
    "usage:upload_template",
    "usage:upload_events_mark",  # posts
    "usage:upload_events_reopen",
    "usage:event_mark",
    "usage:event_reopen",
    # what is chosen in a list is posted to these
    "accounts:account_edit_many",
    "accounts:account_delete_many",
    "plans:product_delete_many",
    "plans:meter_delete_many",
    "plans:aggregation_delete_many",
    "plans:compound_aggregation_delete_many",
    "plans:counter_delete_many",
    "plans:plan_template_delete_many",
    "plans:plan_delete_many",
    "usage:event_mark_many",
    "billing:run_selected",
    "core:bulk_detail",  # what came of an act
}
OF = {
    "billing:line_measurements": "line",
    "accounts:child_remove": "child",
    "accounts:account_children": "parent",
}
# What the id in a path is of, by what stands before it.
ABOUT = {
    "accounts/imports": AccountImport,
    "accounts": Account,
    "plan-attachments": AccountPlan,
    "products": Product,
    "custom-fields": CustomFieldDefinition,
    "currencies": Currency,
    "saved-filters": SavedFilter,
    "meters": Meter,
    "derived-fields": DataField,
    "aggregations": Aggregation,
    "compound-aggregations": CompoundAggregation,
    "counters": Counter,
    "counter-pricings": CounterPricing,
    "counter-adjustments": CounterAdjustment,
    "plan-templates": PlanTemplate,
    "plans": Plan,
    "pricings": Pricing,
    "bills/jobs": BillJob,
    "bills": Bill,
    "usage/uploads": Upload,
    "usage/events": IngestEvent,
}

LARGEST = {Bill: ["-total"], BillJob: ["-created_at"], Meter: ["-id"], DataField: ["-calculation"]}


def pages(organization: Organization) -> dict[str, str]:
    """The path of each page by its URL's name, about an object of the organization that has most to show."""
    about = dict(_chosen(organization))
    used = BillLine.objects.filter(organization_id=organization.pk, type="USAGE").select_related("revision")
    line = used.order_by("-revision__bill__total", "position").first()
    assert line, "there is no line for usage to show"
    about["line"] = line.revision.bill_id
    found = {}
    for name, route in OURS.items():
        if name in NOT_PAGES:
            continue
        path = route.replace("<slug:org>", organization.slug)
        if subject := re.search(r"/([\w/-]+)/<uuid:pk>", route.removeprefix("o/<slug:org>")):
            path = path.replace("<uuid:pk>", str(about[OF.get(name, subject[1])]))
        found[name] = "/" + path.replace("<uuid:line>", str(line.pk))
    return found


def _chosen(organization: Organization) -> Iterator[tuple[str, UUID]]:
    of_organization = {"organization": organization}
    for path, model in ABOUT.items():
        rows: QuerySet[Any] = model._default_manager.filter(**of_organization)
        if model is Account:
            yield (
                path,
                Bill.objects.filter(**of_organization)
                .order_by("-total")
                .values_list("account", flat=True)[0],
            )
            child = rows.exclude(parent_account=None)[0]
            yield "child", child.pk
            yield "parent", child.parent_account_id
        else:
            shown = rows.order_by(*LARGEST.get(model, ["id"])).values_list("pk", flat=True).first()
            assert shown, f"there is no {model._meta.verbose_name} to show"
            yield path, shown

"""What usage adds to the navigation, to accounts and to meters."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from billing.usage.deletion import free_uids, usage_lost
from billing.usage.erasing import REFUSED_ROWS
from billing.usage.models import IngestEvent
from m3console.core.models import Organization
from m3console.core.navigation import Entry, add, stand_under
from m3console.core.registry import Blocker, BulkEntry, MenuEntry, Tab, extensions, have_pages
from plans.models import DataField

# By way of the accounts: the measurements' index is by account and meter, and no other is worth its cost.
MEASURED = """
select 1 from plans_meter t join accounts_account a on a.organization_id = t.organization_id
cross join lateral (
  select 1 from usage_measurement m where m.account_id = a.id and m.meter_id = t.id and {} limit 1
) found where t.id = %s limit 1
"""


def register() -> None:
    add(
        Entry("Usage", 10, "Uploads", "usage", "usage:upload_list", "usage:upload_"),
        Entry(
            "Usage",
            20,
            "Ingest events",
            "event",
            "usage:event_list",
            "usage:event_",
            counted=_open,
            warn=True,
        ),
    )
    stand_under("accounts:", "usage:account_")
    have_pages(upload="usage:upload_detail", ingestevent="usage:event_detail")
    stand_under("accounts:", "usage:usage_")
    account = extensions("accounts.account")
    account.tabs.append(Tab("usage", "Usage", "usage:account_usage", 50))
    account.menu.append(
        MenuEntry("Submit usage", "usage:usage_submit", 10, group="header", dialog=True, icon="usage")
    )
    account.on_delete.append(free_uids)
    account.losses.append(usage_lost)
    account.erasures.append(REFUSED_ROWS)
    extensions("usage.ingestevent").bulk.append(
        BulkEntry("Mark as actioned", "usage:event_mark_many", 10, icon="check")
    )
    extensions("plans.meter").blockers.append(_measurements_of)
    extensions("plans.datafield").blockers.append(_measurements_with)


def _open(organization: Organization) -> QuerySet[IngestEvent]:
    return IngestEvent.objects.filter(organization=organization).open()


def _measurements_of(meter: UUID) -> Iterator[Blocker]:
    if _measured(meter, "true"):
        yield Blocker("usage that was measured by it")


def _measurements_with(field: UUID) -> Iterator[Blocker]:
    found = DataField.objects.get(pk=field)
    column = f"m.{'vals' if found.numeric else 'dims'}[{found.position + 1}]"
    if _measured(found.meter_id, f"{column} is not null"):
        yield Blocker("usage that was measured with it")


def _measured(meter: UUID, condition: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(MEASURED.format(condition), [meter])
        return cursor.fetchone() is not None

"""FOCUS files for tests: made up row by row, or the small one kept beside."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from billing.usage.focus.file import FocusFile
from billing.usage.focus.load import load_focus
from billing.usage.focus.tally import Created
from billing.usage.models import Upload
from billing.usage.uploads import uploading

SMALL = Path(__file__).with_name("focus_small.csv")
CHARGE = {
    "BillingAccountId": "9001",
    "BillingAccountName": "Northwind Group",
    "BillingCurrency": "USD",
    "ChargePeriodStart": "2024-09-01 00:00:00",
    "ChargePeriodEnd": "2024-09-02 00:00:00",
    "ListUnitPrice": "0.0230",
    "PricingQuantity": "100.000",
    "PricingUnit": "GB-Months",
    "RegionId": "eu-north-1",
    "ResourceId": "bucket/photos",
    "ServiceName": "Object Storage",
    "SkuId": "ST",
    "SkuPriceId": "ST.STD.1",
    "SubAccountId": "2001",
    "SubAccountName": "Aurora",
}

# What one charge makes, where there is nothing yet.
MADE = {
    "accounts": 2, "products": 1, "meters": 1, "aggregations": 1, "segments": 1, "plan_templates": 1,
    "plans": 1, "pricings": 1, "plan_attachments": 1,
}  # fmt: skip


def charge(**given: str) -> dict[str, str]:
    """The cells of a good row, with those given."""
    return CHARGE | given


def focus_csv(*rows: dict[str, str]) -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="NULL")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def load(organization: Any, *rows: dict[str, str], catalogue: bool = True) -> dict[str, Any]:
    """Take rows in as an upload of a file of them does; answers the summary of the command."""
    file, created = FocusFile(io.BytesIO(focus_csv(*rows))), Created()
    with uploading(
        organization, kind=Upload.Kind.FOCUS, file_name="focus.csv", columns=file.columns
    ) as upload:
        counts = load_focus(
            organization=organization, file=file, upload=upload, catalogue=catalogue, created=created
        )
    figures = {name: getattr(counts, name) for name in ("read", "accepted", "duplicates", "rejected")}
    return figures | {"created": {kind: count for kind, count in created.summary().items() if count}}


def import_focus(organization: Any, path: Path, *options: str) -> dict[str, Any]:
    """Run the command; answers its summary."""
    out = io.StringIO()
    call_command("import_focus", str(path), "--organization", organization.slug, *options, stdout=out)
    summary: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return summary

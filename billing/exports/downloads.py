"""One bill as a file to download."""

import json

from django.http import Http404, HttpResponse

from billing.exports.current import decimals, with_lines
from billing.exports.scenario_shape import bill_as_dict
from billing.exports.standard_csv import csv_rows
from billing.models import Bill


def bill_download(bill: Bill, kind: str) -> HttpResponse:
    """The bill as `json` or `csv`; Http404 for any other kind."""
    places = decimals(bill.organization)
    found = list(with_lines(Bill.objects.filter(pk=bill.pk)))
    if kind == "csv":
        text, content_type = "".join(csv_rows(found, places)), "text/csv; charset=utf-8"
    elif kind == "json":
        shown = bill_as_dict(bill, found[0][1], places)
        text, content_type = json.dumps(shown, indent=2, ensure_ascii=False), "application/json"
    else:
        raise Http404(kind)
    answer = HttpResponse(text, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{bill.reference}.{kind}"'
    return answer

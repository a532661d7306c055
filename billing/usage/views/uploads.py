"""Uploads of usage: the list, sending a file, its result and its rejected rows."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing.usage.csv_rows import HEAD
from billing.usage.events import mark_actioned, reopen
from billing.usage.files import UsageFile
from billing.usage.filters import EventFilter, UploadFilter
from billing.usage.forms import UploadForm, meters_by_name
from billing.usage.ingest import ingest
from billing.usage.models import IngestEvent, Upload
from billing.usage.rejects import rejects_csv
from billing.usage.tables import UploadEventTable, UploadTable
from billing.usage.uploads import interrupted, uploading
from m3console.core import clock
from m3console.core.csv_files.lines import Unusable
from m3console.core.errors import RuleViolation
from m3console.core.forms import form_page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.lists.listing import listing
from m3console.core.undo import done
from plans.models import Meter

SHOWN_TEMPLATES = 50


@require_safe
def upload_list(request: Request) -> HttpResponseBase:
    return listing(
        request,
        title="Usage uploads",
        noun="upload",
        rows=Upload.objects.filter(organization=request.organization).select_related("created_by", "meter"),
        table=UploadTable,
        sorts={"created_at": F("created_at")},
        default="-created_at",
        filters=UploadFilter,
        create=("Upload usage", "usage:upload_create", "upload"),
        empty="Every file of usage shows here with its counts and its rejected rows.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def upload_create(request: Request) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent, organization=request.organization)
    context = {
        "title": "Upload usage",
        "submit": "Upload usage",
        "cancel_url": reverse("usage:upload_list"),
        "crumbs": crumbs(),
        "templates": meters_by_name(request.organization)[:SHOWN_TEMPLATES],
    }
    return form_page(
        request, form, lambda: _take_in(request, form), context=context, template="usage/upload_create.html"
    )


def _take_in(request: Request, form: UploadForm) -> HttpResponse:
    """Store the file's rows as it is read. Raises RuleViolation, of the file, when it is unusable."""
    file, meter = form.cleaned_data["file"], form.cleaned_data["meter"]
    try:
        found = UsageFile(file.file, file.name, request.organization, meter)
    except Unusable as unusable:
        raise RuleViolation(unusable.message, field="file") from None
    with uploading(
        request.organization, kind=found.kind, file_name=file.name, columns=found.rows.columns, meter=meter
    ) as upload:
        ingest(
            organization=request.organization,
            rows=found.rows,
            upload=upload,
            uid_from_content=form.cleaned_data["uid_from_content"],
        )
    messages.success(request, f"{file.name}: {upload.accepted:,} of {upload.rows_read:,} rows stored.")
    return redirect("usage:upload_detail", pk=upload.pk)


@require_safe
def upload_detail(request: Request, pk: UUID) -> HttpResponseBase:
    upload = _upload(request, pk)
    broken_off = upload.pk in interrupted([upload])
    events = IngestEvent.objects.filter(upload=upload)
    return listing(
        request,
        title="Ingest events",
        noun="ingest event",
        rows=events.filter(line__isnull=False) if upload.kind != Upload.Kind.DIALOG else events,
        table=UploadEventTable,
        sorts={"line": F("line")},
        default="line",
        filters=EventFilter,
        empty="Nothing of it was refused, and no UID came again with other content.",
        context={
            "upload": upload,
            "broken_off": broken_off,
            "open_events": events.open().exists(),
            "crumbs": [*crumbs()],
        },
        template="usage/upload_detail.html",
    )


@require_safe
def upload_rejects(request: Request, pk: UUID) -> HttpResponseBase:
    upload = _upload(request, pk)
    answer = StreamingHttpResponse(rejects_csv(upload), content_type="text/csv; charset=utf-8")
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", upload.file_name.rpartition(".")[0] or "usage")
    answer["Content-Disposition"] = f'attachment; filename="{name}-rejects.csv"'
    return answer


@require_POST
def upload_events_mark(request: Request, pk: UUID) -> HttpResponse:
    upload, at = _upload(request, pk), clock.now()
    count = mark_actioned(IngestEvent.objects.filter(upload=upload), request.user, at)
    undo = f"{reverse('usage:upload_events_reopen', pk=pk)}?{urlencode({'at': at.isoformat()})}"
    done(request, f"{_events(count)} marked as actioned.", undo_url=undo)
    return redirect("usage:upload_detail", pk=pk)


@require_POST
def upload_events_reopen(request: Request, pk: UUID) -> HttpResponse:
    """Undo the mark: of those that the person marked at that moment, not of others."""
    upload = _upload(request, pk)
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        raise Http404("There was no mark then.") from None
    if at.tzinfo is None:
        raise Http404("There was no mark then.")
    reopen(IngestEvent.objects.filter(upload=upload, actioned_by=request.user, actioned_at=at))
    messages.success(request, "These ingest events are open again.")
    return redirect("usage:upload_detail", pk=pk)


def _events(count: int) -> str:
    return f"{count:,} ingest event{'' if count == 1 else 's'}"


@require_safe
def upload_template(request: Request, pk: UUID) -> HttpResponse:
    """The header that a CSV file of the meter has."""
    meter = get_object_or_404(Meter, organization=request.organization, pk=pk)
    names = [*(name for name in HEAD if name != "meter"), *(field.code for field in meter.measured_fields)]
    answer = HttpResponse(",".join(names) + "\r\n", content_type="text/csv; charset=utf-8")
    safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", meter.code)
    answer["Content-Disposition"] = f'attachment; filename="usage-{safe}.csv"'
    return answer


def crumbs() -> list[dict[str, Any]]:
    return [{"label": "Usage uploads", "url": reverse("usage:upload_list")}]


def _upload(request: Request, pk: UUID) -> Upload:
    rows = Upload.objects.select_related("created_by", "meter")
    return get_object_or_404(rows, organization=request.organization, pk=pk)

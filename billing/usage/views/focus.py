"""Sending a FOCUS file: cost and usage of a cloud, as usage."""

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from billing.usage.focus.file import FocusFile
from billing.usage.focus.load import load_focus
from billing.usage.focus.tally import Created
from billing.usage.forms import FocusForm
from billing.usage.models import Upload
from billing.usage.uploads import uploading
from billing.usage.views.uploads import crumbs
from m3console.core.csv_files.lines import Unusable
from m3console.core.errors import RuleViolation
from m3console.core.forms import form_page
from m3console.core.http import Request
from m3console.core.links import redirect, reverse
from m3console.core.permissions import Right, may

EXPLAINED = {
    "title": "What will happen",
    "items": [
        "Each row becomes usage: its service is the meter, its sub account the account.",
        "A row that cannot be priced is refused, and listed with its line number and the reason.",
        "A file can be sent again: rows that are stored already count as duplicates.",
    ],
}


@require_http_methods(["GET", "HEAD", "POST"])
def upload_focus(request: Request) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FocusForm(*sent, makes_catalogue=may(request.membership.role, Right.CATALOGUE))
    context = {
        "title": "Upload a FOCUS file",
        "submit": "Upload FOCUS file",
        "cancel_url": reverse("usage:upload_list"),
        "crumbs": crumbs(),
        "explain": EXPLAINED,
    }
    return form_page(request, form, lambda: _take_in(request, form), context=context)


def _take_in(request: Request, form: FocusForm) -> HttpResponse:
    """Store the file's charges as it is read. Raises RuleViolation, of the file, when it is unusable."""
    sent, created = form.cleaned_data["file"], Created()
    try:
        file = FocusFile(sent.file)
    except Unusable as unusable:
        raise RuleViolation(unusable.message, field="file") from None
    with uploading(
        request.organization, kind=Upload.Kind.FOCUS, file_name=sent.name, columns=file.columns
    ) as upload:
        load_focus(
            organization=request.organization,
            file=file,
            upload=upload,
            catalogue=form.cleaned_data.get("catalogue", False),
            created=created,
        )
    stored = f"{sent.name}: {upload.accepted:,} of {upload.rows_read:,} rows stored."
    messages.success(request, f"{stored} {created.in_words()}".strip())
    return redirect("usage:upload_detail", pk=upload.pk)

"""What of usage search finds, and what can be created."""

from django.db.models import F, QuerySet

from billing.usage.models import IngestEvent, Upload
from m3console.core.models import Organization
from m3console.core.searching.finding import Findable, can_be_created, can_be_found


def register() -> None:
    can_be_found(
        Findable(
            "Upload",
            "Uploads",
            "usage",
            30,
            Upload,
            _uploads,
            "file_name",
            "kind",
            key=F("created_at"),
            falling=True,
        ),
        Findable("Ingest event", "Ingest events", "event", 31, IngestEvent, _events, "reason"),
    )
    can_be_created(("Upload usage", "usage:upload_create"))


def _uploads(organization: Organization) -> QuerySet[Upload]:
    return Upload.objects.filter(organization=organization)


def _events(organization: Organization) -> QuerySet[IngestEvent]:
    return IngestEvent.objects.filter(organization=organization)

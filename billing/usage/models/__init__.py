from billing.usage.models.events import EventKind, IngestEvent
from billing.usage.models.measurements import IngestBatch, Measurement, UsageSequence, UsageUid
from billing.usage.models.uploads import Upload

__all__ = [
    "EventKind",
    "IngestBatch",
    "IngestEvent",
    "Measurement",
    "Upload",
    "UsageSequence",
    "UsageUid",
]

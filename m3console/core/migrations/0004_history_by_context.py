"""Finding a request, and the acts that were given a reason, among the contexts of all changes."""

from django.db import migrations

FORWARDS = [
    "create index context_by_request on pghistory_context ((metadata -> 'request'))",
    "create index context_with_reason on pghistory_context (created_at) where metadata ->> 'reason' <> ''",
]
BACKWARDS = ["drop index context_by_request", "drop index context_with_reason"]


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_charges_in_advance"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]

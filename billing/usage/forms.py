"""What people fill in: a measurement, a file."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

from m3console.core import clock
from m3console.core.errors import RuleViolation
from m3console.core.forms import ConsoleForm
from m3console.core.ids import uuid7
from m3console.core.models import Organization
from plans.models import Meter

MAX_BYTES: Final = 25_000_000
ISO: Final = "ISO 8601, such as 2026-05-31T23:59:59Z; without an offset it is UTC."


class ChooseMeterForm(forms.Form):
    """The first step of submitting: of which meter."""

    meter = forms.ModelChoiceField(queryset=Meter.objects.none(), empty_label="Choose a meter")

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meter"].queryset = meters_by_name(organization)  # type: ignore[attr-defined]


class MeasurementForm(ConsoleForm):
    """A measurement of one meter: uid and timestamp are filled in, a field for each data field."""

    uid = forms.CharField(
        label="UID",
        strip=False,
        help_text="A measurement with the same UID counts once, however often it is sent.",
    )
    ts = forms.CharField(label="Timestamp", help_text=ISO)
    ets = forms.CharField(
        label="End", required=False, help_text="Where the measurement covers a span of time."
    )

    def __init__(self, sent: QueryDict | None, *, meter: Meter) -> None:
        now = clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
        super().__init__(sent, initial={"uid": str(uuid7()), "ts": now})
        measured = meter.measured_fields
        self._codes = {f"value_{field.code}": field.code for field in measured}
        for field in measured:
            label = f"{field.name} ({field.unit})" if field.unit else field.name
            attrs = {"inputmode": "decimal", "class": "num"} if field.numeric else {}
            self.fields[f"value_{field.code}"] = forms.CharField(
                label=label, required=False, strip=bool(field.numeric), widget=forms.TextInput(attrs)
            )

        self.order_fields([*self._codes, "ts", "ets", "uid"])

    def measurement(self) -> dict[str, Any]:
        """What was typed, as submit_usage takes it."""
        typed = self.cleaned_data
        values = {code: typed[name] for name, code in self._codes.items() if typed[name]}
        return {"uid": typed["uid"], "ts": typed["ts"], "ets": typed["ets"], "values": values}

    def refuse(self, violation: RuleViolation) -> None:
        names: Mapping[str | None, str] = {code: name for name, code in self._codes.items()}
        field = names.get(violation.field, violation.field)
        sentence = violation.message.removeprefix(f"{violation.field}: ")  # the field's label says it
        super().refuse(RuleViolation(sentence, field=field))


class UploadForm(ConsoleForm):
    """A file of usage, of one meter or of several."""

    meter = forms.ModelChoiceField(
        queryset=Meter.objects.none(),
        required=False,
        empty_label="The file names the meter of each row",
        help_text="CSV for one meter needs no column meter.",
    )
    file = forms.FileField(
        help_text=f"CSV in UTF-8, or JSON Lines; up to {MAX_BYTES // 1_000_000} MB."
        " Larger files: manage.py import_usage.",
        widget=forms.FileInput(attrs={"accept": ".csv,.jsonl,.ndjson,.json"}),
        allow_empty_file=True,
    )
    uid_from_content = forms.BooleanField(
        label="Make UIDs from content where there are none",
        required=False,
        help_text="Equal rows then count once. Otherwise each row without a UID counts.",
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meter"].queryset = meters_by_name(organization)  # type: ignore[attr-defined]

    def clean_file(self) -> "UploadedFile[Any]":
        return _small_enough(self.cleaned_data["file"], "import_usage")


class FocusForm(ConsoleForm):
    """A FOCUS file; who may change the catalogue can have what is missing made."""

    file = forms.FileField(
        help_text=f"FOCUS 1.x cost and usage as CSV in UTF-8; up to {MAX_BYTES // 1_000_000} MB."
        " Larger files: manage.py import_focus.",
        widget=forms.FileInput(attrs={"accept": ".csv"}),
        allow_empty_file=True,
    )
    catalogue = forms.BooleanField(
        label="Make what is missing",
        required=False,
        help_text="A parent account for each billing account, a child for each sub account, and for each"
        " service a product, meter, aggregation and monthly plan at its list prices, attached to the child"
        " accounts from the month of their first charge.",
    )

    def __init__(self, *args: Any, makes_catalogue: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not makes_catalogue:
            del self.fields["catalogue"]

    def clean_file(self) -> "UploadedFile[Any]":
        return _small_enough(self.cleaned_data["file"], "import_focus")


def _small_enough(file: "UploadedFile[Any]", command: str) -> "UploadedFile[Any]":
    if file.size and file.size > MAX_BYTES:
        raise ValidationError(
            f"The file has {file.size:,} bytes; up to {MAX_BYTES // 1_000_000} MB can be sent here."
            f" Use manage.py {command} for larger ones."
        )
    return file


def meters_by_name(organization: Organization) -> QuerySet[Meter]:
    return Meter.objects.filter(organization=organization).order_by(Lower("name"), "id")

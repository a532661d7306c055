"""Sending a file of accounts, and having its preview applied."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.importing.reading import MAX_BYTES, MAX_ROWS
from accounts.models import AccountImport
from m3console.core.forms import ConsoleForm
from m3console.core.personal import ConfirmField

MEGABYTES: Final = MAX_BYTES // 1_000_000


class ImportForm(ConsoleForm):
    """The file; what becomes of it is shown before anything is changed."""

    file = forms.FileField(
        label="CSV file",
        help_text=f"CSV in UTF-8, with commas; up to {MAX_ROWS:,} rows and {MEGABYTES} MB.",
        widget=forms.FileInput(attrs={"accept": ".csv"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size and file.size > MAX_BYTES:
            raise ValidationError(f"The file is larger than {MEGABYTES} MB. Cut it into several.")
        return file


class ApplyForm(ConsoleForm):
    """Applies the preview of that revision; what looks personal in it is confirmed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    confirmed = ConfirmField(required=False)

    def __init__(self, *args: Any, pending: AccountImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"revision": pending.revision}
        if pending.warned:
            rows = "1 row holds" if pending.warned == 1 else f"{pending.warned:,} rows hold"
            self.fields[
                "confirmed"
            ].help_text = (
                f"{rows} what looks like it. Only name, address and email address may hold personal data."
            )
        else:
            del self.fields["confirmed"]

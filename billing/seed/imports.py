"""A file of accounts that waits to be looked at: changes beside what is there, and one doubt."""

import csv
import io

from accounts.importing.imports import prepare_import
from accounts.models import Account, AccountImport
from m3console.core.models import Organization

FILE_NAME = "customers-of-the-new-region.csv"
HEADER = ("Name", "Code", "Email address", "City / Town", "Purchase order number")
NEW = (
    ("Fjordlys Media AS", "fjordlys-media", "billing@fjordlys-media.example", "Bergen", "PO-7730"),
    ("Havblikk Sikkerhet AS", "havblikk-sikkerhet", "ap@havblikk.example", "Stavanger", "+47 55 123 456"),
)
CHANGED = 3


def make_import(organization: Organization) -> bool:
    """Store the preview, once; whether it was made now."""
    if AccountImport.objects.filter(organization=organization).exists():
        return False
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    known = Account.objects.of(organization).filter(parent_account=None).order_by("pk")[:CHANGED]
    for number, account in enumerate(known, 1):
        order = f"PO-{8800 + number}"
        writer.writerow((account.name, account.code, account.email_address, account.locality, order))
    writer.writerows(NEW)
    file = io.BytesIO(text.getvalue().encode())
    prepare_import(organization=organization, file=file, file_name=FILE_NAME)
    return True

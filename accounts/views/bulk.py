"""Acts on accounts that were chosen in their list."""

from django.http import HttpResponse

from accounts.bulk import ACCOUNTS, DELETE, EDIT
from m3console.core.bulk.acts import bulk_page
from m3console.core.http import Request


def account_edit_many(request: Request) -> HttpResponse:
    return bulk_page(request, ACCOUNTS, EDIT)


def account_delete_many(request: Request) -> HttpResponse:
    return bulk_page(request, ACCOUNTS, DELETE)

"""Accounts to look at, deleted ones too."""

from django.contrib import admin

from accounts.models import Account
from m3console.core.admin import LookOnly


@admin.register(Account)
class AccountAdmin(LookOnly):
    list_display = ("name", "code", "organization", "parent_account", "auto_created", "deleted_at")
    list_select_related = ("organization", "parent_account")
    search_fields = ("=code", "=id")
    exclude = ("search_text", "code_folded", "personal_changed")

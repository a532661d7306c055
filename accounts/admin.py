"""Accounts to look at, deleted ones too, and who was whose child."""

from django.contrib import admin

from accounts.models import Account, ChildMembership
from m3console.core.admin import LookOnly


@admin.register(Account)
class AccountAdmin(LookOnly):
    list_display = ("name", "code", "organization", "parent_account", "auto_created", "deleted_at")
    list_select_related = ("organization", "parent_account")
    search_fields = ("=code", "=id")
    exclude = ("search_text", "code_folded", "personal_changed")


@admin.register(ChildMembership)
class ChildMembershipAdmin(LookOnly):
    list_display = ("child", "parent", "start_date", "end_date", "organization")
    list_select_related = ("child", "parent", "organization")
    search_fields = ("=child__code", "=parent__code")

"""Django admin is for looking: what has a rule is changed in the console or by a command, never here."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from procrastinate.contrib.django.models import ProcrastinateJob

from m3console.core.audit import action
from m3console.core.models import (
    Currency,
    CurrencyConversion,
    CustomFieldDefinition,
    ListColumns,
    Membership,
    Organization,
    SavedFilter,
    User,
)

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _Paginator, _ModelAdmin = Paginator, admin.ModelAdmin

LOOKED_AT = 10_000


class CappedPaginator(_Paginator):
    """Pages of the first 10,000 rows: nobody leafs further, and counting them all would be slow."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:LOOKED_AT].count())


class LookOnly(_ModelAdmin):
    """Rows to look at. Staff see those of their organizations, superusers all.

    `scope` is the lookup from a row to the people who may see it.
    """

    scope: ClassVar[str] = "organization__memberships__user"
    actions = None
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    view_on_site = False
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        everyone = self.model._base_manager
        rows: models.QuerySet[Any] = everyone.order_by("-pk")
        if request.user.is_superuser:
            return rows
        return rows.filter(pk__in=everyone.filter(**{self.scope: request.user}).values("pk"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organization)
class OrganizationAdmin(LookOnly):
    scope = "memberships__user"
    list_display = ("name", "slug", "currency", "timezone")
    search_fields = ("slug", "name")


@admin.register(User)
class UserAdmin(LookOnly):
    scope = "memberships__organization__memberships__user"
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    exclude = ("password",)


@admin.register(Membership)
class MembershipAdmin(LookOnly):
    """Superusers may repair a role; its history says so."""

    list_display = ("user", "organization", "role")
    list_select_related = ("user", "organization")
    list_filter = ("role",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(field.name for field in self.opts.fields if field.name != "role")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with action("membership.repaired"):
            obj.save(update_fields=form.changed_data)


@admin.register(Currency)
class CurrencyAdmin(LookOnly):
    list_display = ("code", "name", "organization", "max_decimal_places", "rounding_mode", "archived")
    list_select_related = ("organization",)
    search_fields = ("=code",)


@admin.register(CurrencyConversion)
class CurrencyConversionAdmin(LookOnly):
    list_display = ("from_currency", "to_currency", "multiplier", "organization")
    list_select_related = ("organization",)


@admin.register(CustomFieldDefinition)
class CustomFieldDefinitionAdmin(LookOnly):
    list_display = ("name", "entity_type", "value_type", "default_value", "organization")
    list_select_related = ("organization",)
    list_filter = ("entity_type", "value_type")


@admin.register(ListColumns)
class ListColumnsAdmin(LookOnly):
    list_display = ("list_name", "user", "organization")
    list_select_related = ("user", "organization")


@admin.register(SavedFilter)
class SavedFilterAdmin(LookOnly):
    list_display = ("name", "list_name", "owner", "shared", "organization")
    list_select_related = ("owner", "organization")
    list_filter = ("shared",)
    search_fields = ("name",)
    exclude = ("personal_changed",)


# Roles are memberships here, and jobs have pages of their own; their list needs inline scripts.
admin.site.unregister(Group)
admin.site.unregister(ProcrastinateJob)

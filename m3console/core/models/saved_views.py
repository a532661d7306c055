"""How people like their lists: the columns that each keeps, and filters saved under a name."""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, TextField
from django.db.models.functions import Collate, Lower

from m3console.core.audit import PersonalChanges, tracked
from m3console.core.entities import Entity
from m3console.core.ids import uuid7
from m3console.core.models.organization import Organization
from m3console.core.models.users import User
from m3console.core.text import text_valid

# Lists are called by the names of their URLs: accounts:account_list.
MAX_LIST_NAME = 100
MAX_QUERY = 2_000
PERSONAL = ("query",)


class ListColumns(models.Model):
    """The columns that a person chose for a list of an organization, in their order.

    Only a taste: nothing follows from it, so it has no history. Names of columns that are gone are ignored.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=MAX_LIST_NAME)
    columns = ArrayField(models.CharField(max_length=100))

    class Meta:
        verbose_name = verbose_name_plural = "columns of a list"
        constraints = [
            models.UniqueConstraint(name="columns_once_a_list", fields=["organization", "user", "list_name"])
        ]

    def __str__(self) -> str:
        return f"{self.list_name} of {self.user}"


def seen_by(user: UUID) -> Q:
    """A person's own and those that others share."""
    return Q(owner=user) | Q(shared=True)


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User, organization: Organization) -> Self:
        return self.filter(seen_by(user.pk), organization=organization)

    def search(self, text: str) -> Self:
        return self.filter(name__icontains=text)


@tracked(personal=PERSONAL)
class SavedFilter(Entity):
    """A list's filters, order and columns under a name: its owner's own, or shared with the organization.

    `query` is that of the list's address. It may hold whom somebody searched for, so history leaves it out.
    """

    list_name = models.CharField(max_length=MAX_LIST_NAME, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="saved_filters", editable=False)
    name = models.CharField(max_length=100, validators=[text_valid])
    shared = models.BooleanField(default=False)
    query = models.CharField(max_length=MAX_QUERY, blank=True)
    personal_changed = ArrayField(TextField(), default=list, editable=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        triggers = [PersonalChanges(name="personal_changed", personal=list(PERSONAL))]
        constraints = [
            models.UniqueConstraint(
                name="saved_filter_name_once", fields=["organization", "owner", "list_name", "name"]
            ),
            models.CheckConstraint(name="saved_filter_name_given", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(F("organization"), Collate(Lower("name"), "C"), F("id"), name="saved_filter_by_name")
        ]

    def __str__(self) -> str:
        return self.name

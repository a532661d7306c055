"""Accounts: whom the organization bills."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat, Lower

from m3console.core.audit import PersonalChanges, tracked
from m3console.core.entities import Entity
from m3console.core.fields import CustomFieldsField, custom_fields_checked
from m3console.core.models import Organization
from m3console.core.searching.search import LookIn, Searchable, by_grams, grams_of, key_of
from m3console.core.text import code_valid, text_valid

PERSONAL = (
    "name", "email_address", "address_line_1", "address_line_2", "address_line_3", "address_line_4",
    "locality", "region", "post_code", "country",
)  # fmt: skip


# Cyrillic and Greek letters that look like Latin ones (as capitals at least), and those.
LOOK_ALIKES = (
    "АВЕІЈКМНОРСТУХавеіјкмнорстухѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεζηικμνορτυχ",
    "ABEIJKMHOPCTYXabeijkmhopctyxsdqwABEZHIKMNOPTYXabezhikmnoptyx",
)


def folded(column: str) -> Func:
    """A code without what the eye may miss: case, width, composition, look-alike letters."""
    plain = Func(F(column), template="normalize(%(expressions)s, NFKC)", output_field=TextField())
    latin = [Value(letters) for letters in LOOK_ALIKES]
    return Lower(Func(plain, *latin, function="translate", output_field=TextField()))


class AccountQuerySet(Searchable["Account"]):
    look = LookIn(F("search_text"), ("name", "code", "email_address"), by_grams())

    def living(self) -> "AccountQuerySet":
        return self.filter(deleted_at=None)

    def deleted(self) -> "AccountQuerySet":
        return self.filter(deleted_at__isnull=False)

    def of(self, organization: Organization) -> "AccountQuerySet":
        return self.filter(organization=organization)

    def top_level(self) -> "AccountQuerySet":
        return self.filter(parent_account=None)

    def parents(self) -> "AccountQuerySet":
        return self.filter(Exists(Account.objects.filter(parent_account=OuterRef("pk"))))

    def with_child_count(self) -> "AccountQuerySet":
        children = Account.objects.filter(parent_account=OuterRef("pk")).order_by().values("parent_account")
        counted = Subquery(children.annotate(count=Count("pk")).values("count"))
        return self.annotate(child_count=Coalesce(counted, 0))


class LivingManager(models.Manager["Account"]):
    def get_queryset(self) -> AccountQuerySet:
        return AccountQuerySet(self.model, using=self._db).living()


@tracked(personal=PERSONAL)
class Account(Entity):
    """An end customer, or a part of one: usage is sent to its code, stored and billed by its id.

    A deleted account keeps its row for the bills that show it; its code is free at once.
    """

    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, validators=[code_valid])
    email_address = models.EmailField("email address", max_length=254)
    parent_account = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    address_line_1 = models.CharField("address line 1", max_length=200, blank=True)
    address_line_2 = models.CharField("address line 2", max_length=200, blank=True)
    address_line_3 = models.CharField("address line 3", max_length=200, blank=True)
    address_line_4 = models.CharField("address line 4", max_length=200, blank=True)
    locality = models.CharField("city / town", max_length=200, blank=True)
    region = models.CharField("region / province", max_length=200, blank=True)
    post_code = models.CharField("postcode / zip", max_length=200, blank=True)
    country = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=80, null=True, blank=True)
    bill_epoch = models.DateField("first bill date", null=True, blank=True)
    days_before_bill_due = models.PositiveIntegerField(null=True, blank=True)
    purchase_order_number = models.CharField(max_length=100, blank=True)
    custom_fields = CustomFieldsField()
    auto_created = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    personal_changed = ArrayField(TextField(), default=list, editable=False)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("name"), Value("\n"), F("code"), Value("\n"), F("email_address"), output_field=TextField()
            )
        ),
        output_field=TextField(),
        db_persist=True,
    )

    code_folded = models.GeneratedField(expression=folded("code"), output_field=TextField(), db_persist=True)

    objects = LivingManager.from_queryset(AccountQuerySet)()
    everyone = AccountQuerySet.as_manager()

    class Meta:
        base_manager_name = "everyone"
        triggers = [PersonalChanges(name="personal_changed", personal=list(PERSONAL))]
        constraints = [
            models.UniqueConstraint(
                name="account_code_once", fields=["organization", "code"], condition=Q(deleted_at=None)
            ),
            # Also the index by parent. What a membership that goes on says is what the account says.
            models.UniqueConstraint(name="account_with_parent", fields=["parent_account", "id"]),
            models.CheckConstraint(name="account_not_its_own_parent", condition=~Q(parent_account=F("id"))),
            models.CheckConstraint(name="account_name_given", condition=~Q(name="")),
            models.CheckConstraint(name="account_code_given", condition=~Q(code="")),
            custom_fields_checked("account"),
        ]
        indexes = [
            models.Index("organization", key_of("name"), "id", name="account_by_name"),
            models.Index("organization", key_of("code"), "id", name="account_by_code_key"),
            models.Index("organization", key_of("email_address"), "id", name="account_by_email"),
            models.Index("organization", "code_folded", name="account_by_look_of_code"),
            models.Index("organization", "created_at", "id", name="account_by_creation"),
            # For a currency that few accounts have: in the order of all names they would be looked for long.
            models.Index(
                "organization",
                "currency",
                key_of("name"),
                "id",
                condition=Q(currency__isnull=False),
                name="account_by_currency",
            ),
            models.Index(
                fields=["organization", "deleted_at", "id"],
                condition=Q(deleted_at__isnull=False),
                name="account_by_deletion",
            ),
            GinIndex(grams_of(F("search_text")), name="account_search"),
            GinIndex(fields=["custom_fields"], name="account_by_custom", condition=~Q(custom_fields={})),
        ]

    def __str__(self) -> str:
        return self.name

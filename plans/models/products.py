"""Products: what is sold."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Lower

from m3console.core.audit import tracked
from m3console.core.entities import Entity
from m3console.core.fields import CustomFieldsField, custom_fields_checked
from m3console.core.text import code_valid, text_valid
from plans.models.searching import NamedQuerySet


@tracked()
class Product(Entity):
    """Something that the organization sells: it holds meters, aggregations, templates and plans."""

    name = models.CharField(max_length=200, validators=[text_valid])
    code = models.CharField(max_length=80, validators=[code_valid])
    custom_fields = CustomFieldsField()

    objects = NamedQuerySet["Product"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="product_code_once", fields=["organization", "code"]),
            models.CheckConstraint(name="product_named", condition=~Q(name="") & ~Q(code="")),
            custom_fields_checked("product"),
        ]
        indexes = [models.Index("organization", Collate(Lower("name"), "C"), "id", name="product_by_name")]

    def __str__(self) -> str:
        return self.name

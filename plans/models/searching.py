"""What the search boxes of the catalogue's lists look in."""

from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model)


def text_in(text: str, *paths: str) -> Q:
    """Name, code or id of a row, or of one that it refers to; `paths` are like "" and "plan__"."""
    found = Q()
    for path in paths:
        found |= Q(**{f"{path}name__icontains": text}) | Q(**{f"{path}code__icontains": text})
    try:
        return found | Q(pk=UUID(text))
    except ValueError:
        return found


class NamedQuerySet(models.QuerySet[M]):
    """Rows with a name and a code."""

    def search(self, text: str) -> "NamedQuerySet[M]":
        """Name or code holds the text, in any case, or the text is the row's id."""
        return self.filter(text_in(text, ""))

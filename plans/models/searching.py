"""What the search boxes of the catalogue's lists look in."""

from typing import TypeVar

from django.db import models

from m3console.core.searching.search import LookIn, Searchable

M = TypeVar("M", bound=models.Model)


class NamedQuerySet(Searchable[M]):
    """Rows with a name and a code."""

    look = LookIn.fields("name", "code", beginnings=("name", "code"))

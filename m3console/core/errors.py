"""What a rule refuses, as a sentence that a person understands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why something cannot be done: one thing that stands in its way, with its page.

    `about` is the row whose name stands in the text, in quotation marks, where a name may be personal: then
    what is kept of the text is kept without it.
    """

    text: str
    url: str = ""
    about: Any = None


class RuleViolation(Exception):  # noqa: N818 (nothing erred: a rule said no)
    """An act that the rules do not allow. `field` names the form field that it concerns, if one does."""

    def __init__(self, message: str, *, field: str | None = None, code: str = "") -> None:
        super().__init__(message)
        self.message, self.field, self.code = message, field, code


class Obstructed(RuleViolation):
    """Something stands in the way of an act: `blockers` name it, each with its page."""

    def __init__(self, message: str, blockers: Sequence[Blocker], *, field: str | None = None) -> None:
        super().__init__(message, field=field, code="blocked")
        self.blockers = list(blockers)


class StaleVersion(RuleViolation):
    """Somebody else saved the entity since it was read (spec 1: "changed by X at T, reload")."""


@contextmanager
def refusing(sentences: Mapping[str, str | RuleViolation], *, deferred: Iterable[str] = ()) -> Iterator[None]:
    """Run the block in a savepoint and turn the violation of a named constraint into its sentence.

    The constraint decides, so two people saving at once cannot both succeed. A violation of any
    other constraint is a fault of ours and passes through. `deferred` names constraints that would
    wait for the commit, such as keys within the organization: they are asked when the block ends.
    """
    try:
        with transaction.atomic():
            yield
            for name in deferred:
                _ask_now(name)
    except IntegrityError as error:
        sentence = sentences.get(constraint_of(error))
        if sentence is None:
            raise
        raise sentence if isinstance(sentence, RuleViolation) else RuleViolation(sentence) from error


def _ask_now(constraint: str) -> None:
    name = sql.Identifier(constraint)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("set constraints {} immediate").format(name))
        cursor.execute(sql.SQL("set constraints {} deferred").format(name))


def constraint_of(error: BaseException) -> str:
    """The name of the constraint that a database error is about, or the empty string."""
    diagnosis = getattr(error.__cause__ or error, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""

"""What refused rows of usage hold of an account's name and email address, and its erasure (spec 1).

Files of cloud costs name accounts, so a row that was refused is kept with the name in it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from accounts.erasing import ERASED, TELLING
from accounts.models import Account
from billing.usage.models import IngestEvent
from m3console.core.registry import Erasure

CHUNK: Final = 500
WHOLE_ROW: Final = "row"
"""The key of a row that could not be taken apart into its cells."""

HOLDING: Final = """
select * from usage_ingestevent
where organization_id = %s and id > %s and exists (
  select from unnest(%s::text[]) value
  where strpos(payload::text, trim(both '"' from to_jsonb(value)::text)) > 0 or strpos(reason, value) > 0)
order by id limit %s
"""


def _nothing(account: UUID) -> Iterator[str]:
    """Refused rows are found by what the account and its bills hold."""
    return iter(())


def _erase(account: Account, values: frozenset[str]) -> None:
    """Overwrite cells that hold just a value; in reasons and broken rows, the values themselves."""
    telling = sorted((value for value in values if len(value) >= TELLING), key=len, reverse=True)
    after = UUID(int=0)
    while telling:
        events = list(IngestEvent.objects.raw(HOLDING, [account.organization_id, after, telling, CHUNK]))
        for event in events:
            event.payload = _without(event.payload, telling)
            event.reason = _blotted(event.reason, telling)
        IngestEvent.objects.bulk_update(events, ["payload", "reason"])
        if len(events) < CHUNK:
            return
        after = events[-1].pk


def _without(value: Any, values: list[str], key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _without(inner, values, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, values) for inner in value]
    if isinstance(value, str) and key == WHOLE_ROW:
        return _blotted(value, values)
    return ERASED if value in values else value


def _blotted(text: str, values: list[str]) -> str:
    for value in values:
        text = text.replace(value, ERASED)
    return text


REFUSED_ROWS: Final = Erasure(_nothing, _nothing, _erase)

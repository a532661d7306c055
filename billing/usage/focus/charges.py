"""A row of a FOCUS file, understood: who used how much of what, and its list price."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from billing.usage.meters import MAX_TEXT
from billing.usage.models import EventKind
from billing.usage.rows import CLOCK_SKEW, Row
from billing.usage.values import Refusal, account_code, instant, number_value, text_value
from plans.segments import ANY

ABSENT = ("", "NULL")
REQUIRED = ("ServiceName", "SubAccountId", "ChargePeriodStart", "PricingQuantity", "ListUnitPrice")
SKUS = ("SkuPriceId", "SkuId")
"""Where the sku stands: in the first that is there."""

Cells = Mapping[str, str]


class Charge(NamedTuple):
    """One charge. `list_price` is written without needless zeros, `currency` is None where none is given.

    `billing_account` is the code of the account that the sub account `account` belongs to, if any.
    """

    account: str
    account_name: str
    billing_account: str | None
    billing_account_name: str
    service: str
    sku: str
    list_price: str
    currency: str | None
    ts: datetime
    ets: datetime | None
    quantity: str
    region: str | None
    resource: str | None
    pricing_unit: str | None

    @property
    def segment(self) -> dict[str, str]:
        return {"sku": self.sku, "list_price": self.list_price}

    def row(self, uid: str, cells: Cells, *, line: int, size: int) -> Row:
        """The charge as a measurement of its service's meter."""
        values = {
            "sku": self.sku,
            "list_price": self.list_price,
            "region": self.region,
            "resource": self.resource,
            "pricing_unit": self.pricing_unit,
            "quantity": self.quantity,
        }
        return Row(
            uid=uid,
            account=self.account,
            meter=self.service,
            ts=self.ts,
            ets=self.ets,
            values=values,
            line=line,
            payload=cells,
            size=size,
        )


def missing_columns(header: list[str]) -> list[str]:
    """The columns that a FOCUS file cannot do without and this header does not have."""
    missing = [name for name in REQUIRED if name not in header]
    return missing if set(SKUS) & set(header) else [*missing, " or ".join(SKUS)]


def present(cells: Cells, name: str) -> str | None:
    """What a cell says; None where the column is missing, empty or NULL."""
    text = cells.get(name)
    return None if text is None or text in ABSENT else text


def charge_of(cells: Cells, now: datetime) -> Charge:
    """The charge that a row describes. Raises Refusal for what is missing, wrong or cannot be priced."""
    account = account_code(_given(cells, "SubAccountId"))
    service = _given(cells, "ServiceName")
    ts, ets = _period(cells, now)
    quantity = number_value("PricingQuantity", _given(cells, "PricingQuantity"))
    billing_account = present(cells, "BillingAccountId")
    return Charge(
        account=account,
        account_name=present(cells, "SubAccountName") or account,
        billing_account=billing_account,
        billing_account_name=present(cells, "BillingAccountName") or billing_account or "",
        service=service,
        sku=_sku(cells),
        list_price=_list_price(cells),
        currency=present(cells, "BillingCurrency"),
        ts=ts,
        ets=ets,
        quantity=quantity,
        region=_text(cells, "RegionId"),
        resource=_text(cells, "ResourceId"),
        pricing_unit=_text(cells, "PricingUnit"),
    )


def _given(cells: Cells, name: str) -> str:
    text = present(cells, name)
    if text is None:
        raise Refusal(EventKind.MISSING_FIELD, f"There is no {name}.", field=name)
    return text


def _text(cells: Cells, name: str) -> str | None:
    text = present(cells, name)
    return None if text is None else text_value(name, text, MAX_TEXT)


def _period(cells: Cells, now: datetime) -> tuple[datetime, datetime | None]:
    ts = instant(_given(cells, "ChargePeriodStart"), "ChargePeriodStart")
    if ts > now + CLOCK_SKEW:
        raise Refusal(EventKind.INVALID_TIMESTAMP, f"ChargePeriodStart lies in the future: {ts.isoformat()}.")
    end = present(cells, "ChargePeriodEnd")
    ets = None if end is None else instant(end, "ChargePeriodEnd")
    if ets is not None and ets < ts:
        raise Refusal(EventKind.INVALID_TIMESTAMP, "ChargePeriodEnd lies before ChargePeriodStart.")
    return ts, ets


def _sku(cells: Cells) -> str:
    for name in SKUS:
        if (sku := _text(cells, name)) is not None:
            if sku == ANY:
                raise _unpriced(f"{name} is “{ANY}”, which stands for any value in a segment")
            return sku
    raise _unpriced(f"There is neither {SKUS[0]} nor {SKUS[1]}")


def _list_price(cells: Cells) -> str:
    text = present(cells, "ListUnitPrice")
    if text is None:
        raise _unpriced("There is no ListUnitPrice")
    price = number_value("ListUnitPrice", text)
    if price.startswith("-"):
        raise _unpriced(f"ListUnitPrice is below 0: {price}")
    return price


def _unpriced(why: str) -> Refusal:
    return Refusal(EventKind.UNPRICED, f"{why}, so the row cannot be priced.")

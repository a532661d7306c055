"""How a FOCUS row becomes usage, and what keeps it from being priced (spec 6, import_focus)."""

import io
from datetime import UTC, datetime

import pytest

from billing.usage.focus.charges import charge_of
from billing.usage.focus.file import FocusFile, Read
from billing.usage.focus.uids import Uids
from billing.usage.values import MAX_UID, Refusal
from m3console.core.csv_files.lines import Unusable
from tests.usage.focus import SMALL, charge, focus_csv

NOW = datetime(2024, 10, 5, tzinfo=UTC)


def read(**given: str):
    return charge_of(charge(**given), NOW)


def refusal(**given: str) -> str:
    with pytest.raises(Refusal) as refused:
        read(**given)
    return refused.value.message


def test_a_row_says_who_used_how_much_of_what_and_its_list_price():
    found = read()
    assert (found.account, found.account_name) == ("2001", "Aurora")
    assert (found.billing_account, found.billing_account_name) == ("9001", "Northwind Group")
    assert (found.service, found.sku, found.list_price) == ("Object Storage", "ST.STD.1", "0.023")
    assert (found.region, found.resource, found.pricing_unit) == ("eu-north-1", "bucket/photos", "GB-Months")
    assert (found.quantity, found.currency) == ("100", "USD")


def test_an_offset_is_heeded():
    found = read(ChargePeriodStart="2024-09-18T22:00:00+02:00", ChargePeriodEnd="NULL")
    assert found.ts == datetime(2024, 9, 18, 20, tzinfo=UTC)


def test_a_timestamp_without_a_zone_is_utc():
    found = read(ChargePeriodStart="2024-09-18 22:00:00", ChargePeriodEnd="2024-09-18 23:00:00")
    assert (found.ts, found.ets) == (
        datetime(2024, 9, 18, 22, tzinfo=UTC),
        datetime(2024, 9, 18, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize("absent", ["", "NULL"])
def test_null_and_empty_both_mean_absent(absent):
    found = read(
        RegionId=absent, ResourceId=absent, PricingUnit=absent, ChargePeriodEnd=absent,
        BillingCurrency=absent, BillingAccountId=absent, BillingAccountName=absent, SubAccountName=absent,
    )  # fmt: skip
    assert (found.region, found.resource, found.pricing_unit, found.ets) == (None, None, None, None)
    assert (found.currency, found.billing_account, found.account_name) == (None, None, "2001")


@pytest.mark.parametrize("absent", ["", "NULL"])
def test_without_a_sku_price_the_sku_itself_is_the_sku(absent):
    assert read(SkuPriceId=absent).sku == "ST"


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("0.0230", "0.023"),
        ("100", "100"),
        ("100.00", "100"),
        ("0.000000000000", "0"),
        ("1E-7", "0.0000001"),
        ("1.50e+2", "150"),
        ("+5.0", "5"),
        ("-0", "0"),
    ],
)
def test_a_list_price_is_written_without_needless_zeros(sent, written):
    assert read(ListUnitPrice=sent).list_price == written


@pytest.mark.parametrize("quantity", ["0.00000231620", "-0.00000001000", "1234567890123.000001"])
def test_quantities_keep_every_digit_and_their_sign(quantity):
    assert read(PricingQuantity=quantity).quantity == quantity.rstrip("0")


@pytest.mark.parametrize("absent", ["", "NULL"])
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("ListUnitPrice", "There is no ListUnitPrice, so the row cannot be priced."),
        ("PricingQuantity", "There is no PricingQuantity."),
        ("SubAccountId", "There is no SubAccountId."),
        ("ServiceName", "There is no ServiceName."),
        ("ChargePeriodStart", "There is no ChargePeriodStart."),
    ],
)
def test_what_a_charge_cannot_do_without_is_named(cell, reason, absent):
    assert refusal(**{cell: absent}) == reason


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"SkuId": "NULL", "SkuPriceId": ""}, "neither SkuPriceId nor SkuId, so the row cannot be priced"),
        ({"SkuPriceId": "*"}, "SkuPriceId is “*”, which stands for any value"),
        ({"ListUnitPrice": "-0.01"}, "ListUnitPrice is below 0: -0.01"),
        ({"ListUnitPrice": "0,5"}, "ListUnitPrice: “0,5” is not a number"),
        ({"ListUnitPrice": "NaN"}, "is not a number"),
        ({"PricingQuantity": "1,000"}, "PricingQuantity: “1,000” is not a number"),
        ({"PricingQuantity": "1_000"}, "is not a number"),
        ({"PricingQuantity": "٣"}, "is not a number"),
        ({"PricingQuantity": "Infinity"}, "is not a number"),
        ({"PricingQuantity": "1e999"}, "at most 40 digits"),
        ({"ChargePeriodStart": "09/01/2024"}, "ChargePeriodStart is not a date and time"),
        ({"ChargePeriodStart": "2024-10-06 00:00:00"}, "lies in the future"),
        ({"ChargePeriodEnd": "2024-08-31 00:00:00"}, "ChargePeriodEnd lies before ChargePeriodStart"),
        ({"ChargePeriodEnd": "soon"}, "ChargePeriodEnd is not a date and time"),
        ({"SubAccountId": " 2001"}, "no space at its beginning"),
        ({"SubAccountId": "2" * 81}, "at most 80 characters"),
        ({"SkuPriceId": "x" * 501}, "SkuPriceId has more than 500 characters"),
        ({"ResourceId": "a\x07b"}, "ResourceId: This holds a control character"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_in_a_sentence(given, reason):
    assert reason in refusal(**given)


def uids(*rows: dict[str, str]) -> list[str]:
    with Uids() as made:
        return [made.uid(row) for row in rows]


def test_the_column_id_is_the_uid():
    assert uids(charge(Id="11472"), charge(Id="19384")) == ["11472", "19384"]


def test_an_id_too_long_for_a_uid_still_makes_one_of_its_own():
    first, second, again = uids(*(charge(Id=f"{'x' * 60}{n}") for n in (1, 2, 1)))
    assert first == again != second
    assert len(first) <= MAX_UID


def test_equal_rows_without_an_id_are_told_apart_by_their_repeat_number():
    rows = [charge(), charge(PricingQuantity="1"), charge(), charge(Id="NULL"), charge(Id="")]
    made = uids(*rows)
    assert len(set(made)) == len(rows)
    assert uids(*rows) == made
    assert uids(*reversed([rows[0], rows[1]])) == [made[1], made[0]]


def test_uids_do_not_depend_on_the_order_of_the_columns():
    turned = dict(reversed(charge().items()))
    assert uids(turned) == uids(charge())


def test_the_small_file_has_what_real_ones_have():
    raw = SMALL.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") > 15
    assert b'{""application"": ""Photo,' in raw


def test_a_file_can_be_read_again_and_rows_keep_their_cells_as_they_came():
    with SMALL.open("rb") as opened:
        file = FocusFile(opened)
        first, second = list(file.rows(NOW)), list(file.rows(NOW))
    assert [row.line for row in first] == [row.line for row in second] == list(range(2, 17))
    charges = [row for row in first if isinstance(row, Read)]
    assert [row.line for row in charges] == [2, 3, 4, 5, 6, 7, 8, 16]
    assert dict(charges[0].sent) == charges[0].cells
    assert charges[0].cells["Tags"] == '{"application": "Photo, \\"Prints\\"", "environment": "prod"}'
    assert charges[-1].cells["Tags"] == '{"note": "a line\r\nand another"}'
    assert charges[4].charge.quantity == "0.0000023162"


def test_a_file_is_read_from_where_it_stands():
    opened = io.BytesIO(b"anything\n" + focus_csv(charge()))
    opened.readline()
    assert len(list(FocusFile(opened).rows(NOW))) == 1


@pytest.mark.parametrize(
    ("without", "named"),
    [
        (["ServiceName"], "no column ServiceName:"),
        (["SubAccountId", "ListUnitPrice"], "no column SubAccountId, no column ListUnitPrice:"),
        (["SkuId", "SkuPriceId"], "no column SkuPriceId or SkuId:"),
    ],
)
def test_a_header_without_what_charges_need_is_unusable(without, named):
    cells = {name: text for name, text in charge().items() if name not in without}
    with pytest.raises(Unusable, match=named):
        FocusFile(io.BytesIO(focus_csv(cells)))


@pytest.mark.parametrize("column", ["SkuId", "SkuPriceId"])
def test_one_column_of_skus_is_enough(column):
    cells = {name: text for name, text in charge().items() if name != column}
    (row,) = FocusFile(io.BytesIO(focus_csv(cells))).rows(NOW)
    assert isinstance(row, Read)

"""Measuring by SQL against counting by hand."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from billing.engine.segments import assign
from billing.engine.types import Aggregation, Measured, Method, Named, UnitRounding, UsageWindow
from billing.usage.measure import Column, Source, measure, watermark
from m3console.core.ids import uuid7
from tests.billing.make import Shop

TEXTS = [Method.COUNT, Method.UNIQUE]
NUMERIC = [m for m in Method if m is not Method.UNIQUE]
SEGMENTS = (
    (("region", "eu"), ("size", "*")),
    (("region", "*"), ("size", "big")),
    (("region", "eu"), ("size", "big")),
    (("region", "us"), ("size", "small")),
    (),
)


def aggregation(meter, field, method, segments=()):
    return Aggregation(
        id=uuid7(),
        code=f"{field}_{method}",
        name="",
        method=method,
        meter=Named(meter.pk, meter.code, meter.name),
        field=field,
        field_name=field,
        quantity_per_unit=Decimal(1),
        rounding=UnitRounding.NONE,
        unit="x",
        segmented_fields=("region", "size") if segments else (),
        segments=segments,
    )


def every_source(meter):
    """All methods on every field that allows them, whole and in segments."""
    fields = {f.code: Column(f.numeric, f.position) for f in meter.data_fields.all()}
    dimensions = (fields["region"].position, fields["size"].position)
    for field, column in fields.items():
        for method in NUMERIC if column.numeric else TEXTS:
            for segments in ((), SEGMENTS):
                made = aggregation(meter, field, method, segments)
                yield Source(made, column, dimensions if segments else ())


def by_hand(source, rows):
    """What `rows` of (ts, number, order, values) come to, None without any value."""
    field, method = source.aggregation.field, source.aggregation.method
    counted = [(ts, number, order, v[field]) for ts, number, order, v in rows if v.get(field) is not None]
    if not counted:
        return None
    values = [value for *_, value in counted]
    quantity = {
        "COUNT": lambda: len(values),
        "UNIQUE": lambda: len(set(values)),
        "SUM": lambda: sum(map(Fraction, values)),
        "MIN": lambda: min(values),
        "MAX": lambda: max(values),
        "LATEST": lambda: max(counted)[3],
        "MEAN": lambda: Fraction(sum(map(Fraction, values)), len(values)),
    }[method]()
    return quantity, len(values)


def same(measured, expected, method):
    quantity, count = expected
    if method == "MEAN":
        exact = Fraction(measured.value)
        assert abs(exact - quantity) <= abs(quantity) / 2 / 10**27
        assert len(measured.value.as_tuple().digits) <= 28
    else:
        assert Fraction(measured.value) == quantity
    assert measured.count == count


def random_rows(rng, accounts, start, days):
    """Values, texts and instants with many ties and gaps."""
    for _ in range(rng.randrange(150, 300)):
        ts = start + timedelta(minutes=rng.randrange(days * 48) * 30)
        values = {
            "gb": rng.choice([None, Decimal(rng.randrange(-500, 5000)).scaleb(-rng.randrange(4))]),
            "cpu": rng.choice([None, Decimal(rng.randrange(3))]),
            "region": rng.choice([None, "eu", "us", "*", ""]),
            "size": rng.choice([None, "big", "small"]),
            "user": rng.choice([None, *"abcdef"]),
        }
        yield rng.choice(accounts), ts, {code: value for code, value in values.items() if value is not None}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Santiago", "Pacific/Apia"])
def test_all_methods_agree_with_counting_by_hand(make_organization, seed, zone):
    rng = random.Random(f"{seed} {zone}")
    shop = Shop(make_organization(timezone=zone))
    fields = {"gb": "MEASURE", "region": "WHERE", "cpu": "COST", "size": "WHAT", "user": "METADATA"}
    meters = [shop.meter("disk", **fields), shop.meter("vm", **fields)]
    accounts = [shop.account(f"a{n}") for n in range(4)]
    # Clocks go back on 27 October in Berlin and on 7 April in Santiago; Apia has no 30 December 2011.
    firsts = {"Pacific/Apia": date(2011, 12, 20), "America/Santiago": date(2024, 3, 25)}
    first = firsts.get(zone, date(2024, 10, 15))
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    kept, order = [], 0
    for meter in meters:
        for _ in range(3):
            rows = list(random_rows(rng, accounts, begin, 32))
            batch = shop.use(meter, *rows)
            for account, ts, values in rows:
                order += 1
                kept.append((meter.pk, account.pk, ts, batch.number, order, values))
    sources = {s.aggregation.id: s for meter in meters for s in every_source(meter)}
    days = [first + timedelta(days=n) for n in (0, 3, 10, 11, 30)]
    wanted = {
        account.pk: [UsageWindow(key, *sorted(rng.sample(days, 2))) for key in sources if rng.random() < 0.7]
        for account in accounts
    }
    limit = rng.randrange(2, 6)
    found = measure(organization=shop.organization, wanted=wanted, sources=sources, watermark=limit)
    checked = 0
    for account, windows in wanted.items():
        expected_keys = set()
        for window in windows:
            source = sources[window.aggregation_id]
            rows = [
                (ts, number, order, values)
                for meter, owner, ts, number, order, values in kept
                if (meter, owner) == (source.aggregation.meter.id, account)
                and number <= limit
                and window.start <= ts.astimezone(ZoneInfo(zone)).date() < window.end
            ]
            groups = {None: rows}
            if source.dimensions:
                groups = {}
                for row in rows:
                    groups.setdefault(assign(SEGMENTS, row[3]), []).append(row)
                groups.pop(None, None)
            for segment, of_segment in groups.items():
                expected = by_hand(source, of_segment)
                if expected:
                    expected_keys.add((window, segment))
                    same(found[account][window, segment], expected, source.aggregation.method)
                    checked += 1
        assert found[account].keys() == expected_keys
    assert checked > 100


def source_of(aggregation_row, **changes):
    field = aggregation_row.target_field
    made = aggregation(aggregation_row.meter, field.code, Method(aggregation_row.method))
    return Source(made, Column(field.numeric, field.position), **changes)


def measured(shop, account, source, limit, start="2024-06-01", end="2024-07-01"):
    window = UsageWindow(source.aggregation.id, date.fromisoformat(start), date.fromisoformat(end))
    found = measure(
        organization=shop.organization,
        wanted={account.pk: [window]},
        sources={source.aggregation.id: source},
        watermark=limit,
    )
    return found[account.pk].get((window, None))


def test_without_usage_there_is_no_value_by_any_method(organization):
    shop = Shop(organization)
    disk, account = shop.meter(gb="MEASURE", user="METADATA"), shop.account()
    shop.use(disk, (account, "2024-07-01T00:00Z", {"gb": 1, "user": "a"}))
    for source in every_source_without_segments(disk):
        assert measured(shop, account, source, 1) is None
        assert measured(shop, account, source, 1, end="2024-07-02").count == 1


def every_source_without_segments(meter):
    for field in meter.data_fields.all():
        for method in NUMERIC if field.numeric else TEXTS:
            yield Source(aggregation(meter, field.code, method), Column(field.numeric, field.position))


def test_later_batches_are_left_out_exactly(organization):
    shop = Shop(organization)
    disk, account = shop.meter(), shop.account()
    stored = source_of(shop.aggregation(disk))
    assert watermark(organization) == 0
    shop.use(disk, (account, "2024-06-10T00:00Z", {"gb": 5}))
    assert watermark(organization) == 1
    shop.use(disk, (account, "2024-06-10T00:00Z", {"gb": 7}))
    assert measured(shop, account, stored, 0) is None
    assert measured(shop, account, stored, 1) == Measured(Decimal(5), 1)
    assert measured(shop, account, stored, watermark(organization)) == Measured(Decimal(12), 2)


def test_a_billing_day_is_the_organizations_own(make_organization):
    shop = Shop(make_organization(timezone="Europe/Berlin"))
    disk, account = shop.meter(), shop.account()
    stored = source_of(shop.aggregation(disk))
    shop.use(disk, (account, "2024-06-30T21:30Z", {"gb": 3}), (account, "2024-06-30T22:30Z", {"gb": 4}))
    assert measured(shop, account, stored, 1).value == 3
    assert measured(shop, account, stored, 1, "2024-07-01", "2024-08-01").value == 4


def test_sums_keep_every_digit(organization):
    shop = Shop(organization)
    disk, account = shop.meter(), shop.account()
    shop.use(
        disk, (account, "2024-06-01T00:00Z", {"gb": "1e30"}), (account, "2024-06-02T00:00Z", {"gb": "1e-30"})
    )
    found = measured(shop, account, source_of(shop.aggregation(disk)), 1)
    assert Fraction(found.value) == 10**30 + Fraction(1, 10**30)


def test_another_organizations_usage_does_not_count(make_organization):
    for slug, amount in (("ours", 5), ("theirs", 6)):
        shop = Shop(make_organization(slug))
        disk, account = shop.meter(), shop.account()
        shop.use(disk, (account, "2024-06-10T00:00Z", {"gb": amount}))
        assert measured(shop, account, source_of(shop.aggregation(disk)), 1).value == amount


def test_a_chunk_takes_as_many_queries_as_a_single_account(organization, django_assert_num_queries):
    shop = Shop(organization)
    meters = [shop.meter("disk", gb="MEASURE", region="WHERE", size="WHAT"), shop.meter("vm")]
    accounts = [shop.account(f"a{n}") for n in range(30)]
    sources = {s.aggregation.id: s for s in every_source(meters[0])}
    sources |= {s.aggregation.id: s for s in every_source_without_segments(meters[1])}
    windows = [UsageWindow(key, date(2024, 6, 1), date(2024, 7, 1)) for key in sources]
    for some in (accounts[:1], accounts):
        with django_assert_num_queries(2):
            measure(
                organization=organization,
                wanted={account.pk: windows for account in some},
                sources=sources,
                watermark=1,
            )

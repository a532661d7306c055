from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from m3console.core.ids import uuid7, uuid7_run


def test_ids_sort_in_the_order_in_which_they_were_made():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert {(i.version, i.variant) for i in made} == {(7, "specified in RFC 4122")}


def test_threads_never_make_the_same_id():
    with ThreadPoolExecutor(8) as pool:
        made = [i for part in pool.map(lambda _: [uuid7() for _ in range(2_000)], range(8)) for i in part]
    assert len(set(made)) == 16_000


def test_a_run_of_ids_ascends_and_each_is_one_of_version_7():
    runs = [uuid7_run(1_000) for _ in range(20)]
    ids = [UUID(text) for run in runs for text in run]
    assert ids == sorted(ids)
    assert len(set(ids)) == 20_000
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert UUID(runs[0][0]) < uuid7()
    with pytest.raises(ValueError):
        uuid7_run(262_145)

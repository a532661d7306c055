from concurrent.futures import ThreadPoolExecutor

from m3console.core.ids import uuid7


def test_ids_sort_in_the_order_in_which_they_were_made():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert {(i.version, i.variant) for i in made} == {(7, "specified in RFC 4122")}


def test_threads_never_make_the_same_id():
    with ThreadPoolExecutor(8) as pool:
        made = [i for part in pool.map(lambda _: [uuid7() for _ in range(2_000)], range(8)) for i in part]
    assert len(set(made)) == 16_000

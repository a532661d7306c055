"""Scenario files: what is read, what is refused, and that nothing is kept."""

import json

import pytest
from django.core.management import call_command

from accounts.models import Account
from billing.scenario.matching import differences
from billing.scenario.playing import play
from billing.scenario.reading import Unreadable, read_scenario
from m3console.core.models import Organization

EMPTY = {"name": "n", "today": "2024-07-02"}


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "scenario.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[1]", "does not hold a JSON object"),
        ("{", "cannot be read"),
        ('{"name": "a", "name": "b"}', "“name” is given twice"),
        ('{"today": NaN}', "NaN is not a number"),
        (EMPTY | {"colour": 1}, "unknown key “colour” in the file"),
        (EMPTY | {"products": [{"code": "x", "nam": "X"}]}, r"unknown key “nam” in products\[0\]"),
        (EMPTY | {"products": {}}, None),
        (EMPTY | {"products": {"code": "x"}}, "products is not a list"),
        (EMPTY | {"contracts": [{"code": "k1"}]}, "“contracts” in the file is not built yet"),
        (
            EMPTY | {"plans": [{"code": "p", "account": "acme"}]},
            r"“account” in plans\[0\] is not built yet",
        ),
        (EMPTY | {"plans": [{"code": "p", "account": None}]}, None),
        (
            EMPTY | {"organization": {"billPrefix": "INV"}},
            "“billPrefix” in organization is not built",
        ),
        (EMPTY | {"steps": [{"approve": {"account": "a"}}]}, r"“approve” in steps\[0\] is not built yet"),
        (EMPTY | {"steps": [{"fly": {}}]}, r"unknown key “fly” in steps\[0\]"),
        (EMPTY | {"steps": [{"runBilling": {"when": 1}}]}, r"unknown key “when” in steps\[0\].runBilling"),
    ],
)
def test_a_file_is_refused_by_its_first_fault_or_read(written, content, sentence):
    path = written(content)
    if sentence is None:
        assert read_scenario(path)["name"] == "n"
    else:
        with pytest.raises(Unreadable, match=sentence):
            read_scenario(path)


def test_deep_nesting_is_a_sentence_too(written):
    with pytest.raises(Unreadable, match="cannot be read"):
        read_scenario(written('{"name":' + "[" * 200_000))


def test_a_scenario_leaves_nothing_behind(db):
    play(
        EMPTY
        | {
            "products": [{"code": "p", "name": "P"}],
            "accounts": [{"code": "a", "name": "A", "emailAddress": "a@a.example"}],
        }
    )
    assert not Organization.objects.exists()
    assert not Account.everyone.exists()


def test_an_entity_that_cannot_be_loaded_is_an_error_of_the_file(db):
    with pytest.raises(Unreadable, match="there is no product “nope”"):
        play(EMPTY | {"meters": [{"code": "m", "name": "M", "product": "nope", "dataFields": []}]})


def test_a_refused_step_is_recorded_and_the_next_ones_go_on(db):
    outcome = play(
        EMPTY
        | {
            "steps": [
                {"create": {"accounts": [{"code": " a", "name": "A", "emailAddress": "a@a.example"}]}},
                {"create": {"accounts": [{"code": "b", "name": "B", "emailAddress": "b@b.example"}]}},
                {"runBilling": {"billDate": "2024-07-01", "accounts": ["zed"]}},
            ]
        }
    )
    assert [error["step"] for error in outcome["errors"]] == [0, 2]
    assert "zed" in outcome["errors"][1]["message"]


def test_check_exits_with_1_and_names_the_path_of_each_difference(db, written, capsys):
    path = written(EMPTY | {"expect": {"bills": [{"account": "a"}]}})
    with pytest.raises(SystemExit) as stopped:
        call_command("simulate", str(path), "--check")
    assert stopped.value.code == 1
    assert "expect.bills: expected 1 element(s), found 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expected", "actual", "count"),
    [
        ({"total": "5.0"}, {"total": "5.00"}, 0),
        ({"total": 5}, {"total": "5.00"}, 0),
        ({"total": True}, {"total": "1"}, 1),
        ({"endDate": None}, {"endDate": None}, 0),
        ({"endDate": None}, {}, 1),
        ({"lines": [{"a": 1}]}, {"lines": [{"a": 1}, {"a": 2}]}, 1),
        ({"partial": True, "lines": [{"a": 2}]}, {"lines": [{"a": 1}, {"a": 2}]}, 0),
        ({"partial": True, "lines": [{"a": 3}]}, {"lines": [{"a": 1}, {"a": 2}]}, 1),
        ({"lines": [{"a": 2}, {"a": 1}]}, {"lines": [{"a": 1}, {"a": 2}]}, 2),
        (
            {"failures": [{"account": "x", "reason": "CONVER"}]},
            {"failures": [{"account": "x", "reason": "No conversion"}]},
            0,
        ),
        (
            {"errors": [{"step": 1, "contains": "Locked"}]},
            {"errors": [{"step": 1, "message": "is locked."}]},
            0,
        ),
        ({"bands": [{"lowerLimit": "0", "units": 5}]}, {"bands": [{"lowerLimit": "0.0", "units": "5"}]}, 0),
        ({"segment": {"a": "b"}}, {"segment": {"a": "b", "c": "d"}}, 1),
    ],
)
def test_matching(expected, actual, count):
    assert len(list(differences(expected, actual))) == count

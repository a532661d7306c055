"""Importing accounts: every row checked, previewed, then all or nothing (spec 1, Account, List)."""

import io
from datetime import date, timedelta

import pghistory.models
import pytest

from accounts.importing.imports import (
    Changed,
    apply_import,
    check_again,
    discard_import,
    discard_naming,
    prepare_import,
)
from accounts.models import Account, AccountImport, RowKind
from accounts.services import create_account, delete_account, update_account
from m3console.core import clock
from m3console.core.errors import RuleViolation

HEAD = "Name,Code,Email address"


@pytest.fixture
def prepare(organization):
    def prepared(*lines, within=None):
        file = io.BytesIO("\r\n".join(lines).encode())
        return prepare_import(organization=within or organization, file=file, file_name="accounts.csv")

    return prepared


def applied(made, **options):
    return apply_import(made, **{"revision": made.revision, "confirmed": False, **options})


def counts(made):
    return made.created, made.changed, made.unchanged, made.refused


def problems(made):
    return {row.line: row.problems for row in made.rows.exclude(problems=[])}


def rows(made):
    return {row.line: row for row in made.rows.all()}


def test_new_accounts_are_created_and_known_ones_changed_together(prepare, make_account):
    make_account("known", name="Old", email_address="old@x.example", address_line_3="Dock 3")
    made = prepare(
        f"{HEAD},City / Town,Currency,First bill date,Days before bill due,Purchase order number",
        "New,new,a@new.example,Kiel,EUR,2026-02-01,14,PO-1",
        '"Renamed, Ltd",known,old@x.example,,,,,',
    )
    assert counts(made) == (1, 1, 0, 0)
    assert rows(made)[3].changes == [["name", "Old", "Renamed, Ltd"]]
    assert Account.objects.count() == 1  # a preview changes nothing
    applied(made)
    new, known = Account.objects.get(code="new"), Account.objects.get(code="known")
    assert (new.name, new.locality, new.currency, new.bill_epoch, new.days_before_bill_due) == (
        "New", "Kiel", "EUR", date(2026, 2, 1), 14,
    )  # fmt: skip
    assert (new.purchase_order_number, new.version, new.auto_created) == ("PO-1", 1, False)
    assert (known.name, known.version, known.address_line_3) == ("Renamed, Ltd", 2, "Dock 3")
    made.refresh_from_db()
    assert made.state == "APPLIED"
    assert {row.account_id for row in made.rows.all()} == {new.pk, known.pk}


def test_history_tells_that_it_was_imported_and_what_was_confirmed(prepare, make_account):
    make_account("known")
    made = prepare("Code,Purchase order number", "known,+49 40 1234567")
    assert made.warned == 1
    with pytest.raises(RuleViolation, match="confirm that none of them is"):
        applied(made)
    applied(made, confirmed=True)
    told = pghistory.models.Context.objects.filter(metadata__action="account.imported").get().metadata
    assert told["source"] == "import"
    assert told["reason"] == "Confirmed as not personal: Purchase order number looks like a phone number."


def test_an_account_is_found_by_its_id_so_that_its_code_can_be_changed(prepare, make_account):
    account = make_account("old-code")
    made = prepare("Id,Code", f"{account.pk},new-code")
    assert rows(made)[2].changes == [["code", "old-code", "new-code"]]
    applied(made)
    account.refresh_from_db()
    assert account.code == "new-code"


def test_every_problem_is_named_by_line_column_and_sentence(prepare, make_account, make_organization):
    make_account("known")
    stranger = make_account("theirs", within=make_organization("other"))
    made = prepare(
        f"Id,{HEAD},Currency,First bill date,Days before bill due,Parent account",
        ",,,nonsense,XXX,31/05/2026,-1,nobody",
        ",N, padded,a@b.example,,,,",
        f"{stranger.pk},N,x,a@b.example,,,,",
        ",N,twice,a@b.example,,,,",
        ",N,twice,a@b.example,,,,",
        ',N,"quoted,a@b.example,,,,',
        ",K,known,a@b.example,,2026-02-30,3651,someone",
        ",O,own,a@b.example,,,,own",
        f",{'x' * 201},long,a@b.example,,,,",
        ",N,too,few",
    )
    found = problems(made)
    sentences = {line: dict(each) for line, each in found.items()}
    assert sentences[2].keys() == {
        "Name", "Code", "Email address", "Currency", "First bill date", "Days before bill due",
        "Parent account",
    }  # fmt: skip
    assert sentences[2]["Name"] == "Name is missing."
    assert "“XXX” is none of this organization's" in sentences[2]["Currency"]
    assert "Write it as in 2026-05-31" in sentences[2]["First bill date"]
    assert "no account with the code “nobody”" in sentences[2]["Parent account"]
    assert "no space" in sentences[3]["Code"]
    assert "no account with this id" in sentences[4]["Id"]
    assert sentences[6] == {"Code": "Line 5 has the same code."}
    assert "quote is opened and never closed" in sentences[7][""]
    assert sentences[8].keys() == {"First bill date", "Days before bill due", "Parent account"}
    assert "its own parent" in sentences[9]["Parent account"]
    assert "200" in sentences[10]["Name"]
    assert "The row has 4 cells, the header has 8." in sentences[11][""]
    assert counts(made) == (1, 0, 0, 9)
    with pytest.raises(RuleViolation, match="until every row is right"):
        applied(made)
    assert Account.objects.filter(organization=made.organization_id).count() == 1


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([""], "empty"),
        ([HEAD], "no rows"),
        (["Name,Email address", "a,b"], "needs a column “Code”"),
        (["Id", "x"], "nothing to import"),
        (["Name,Code,Emial address", "a,b,c"], "If it is “Email address”"),
        (["Code,code,Name", "a,b,c"], "two columns “Code”"),
        (["Name;Code;Email address", "a;b;c"], "semicolons"),
        ([f"{HEAD},{HEAD}", "a"], "twice"),
        (["PK\x03\x04,b"], "spreadsheet"),
    ],
)
def test_a_file_that_nothing_can_be_made_of_says_what_to_do(prepare, lines, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        prepare(*lines)
    assert not AccountImport.objects.exists()


def test_a_file_has_so_many_rows_and_no_more(prepare, monkeypatch):
    monkeypatch.setattr("accounts.importing.reading.MAX_ROWS", 2)
    lines = [f"N,{code},a@b.example" for code in "abc"]
    assert counts(prepare(HEAD, *lines[:2])) == (2, 0, 0, 0)
    with pytest.raises(RuleViolation, match="more than 2 rows"):
        prepare(HEAD, *lines)


def test_columns_that_are_no_field_are_left_alone_and_named(prepare, make_account):
    make_account("known")
    made = prepare("Code,Created,Active plans", "known,2026-01-01,3")
    assert (made.ignored, counts(made)) == (["Created", "Active plans"], (0, 0, 1, 0))
    with pytest.raises(RuleViolation, match="nothing to import"):
        applied(made)


def test_parents_may_be_of_the_same_file_wherever_they_stand(prepare, make_account):
    make_account("top")
    made = prepare(
        f"{HEAD},Parent account", "A,a,a@b.example,b", "B,b,a@b.example,", "C,c,a@b.example,top",
        "D,d,a@b.example,a",
    )  # fmt: skip
    assert problems(made) == {
        5: [["Parent account", "“a” becomes a child itself, in line 2; there are only two levels."]]
    }
    made = prepare(f"{HEAD},Parent account", "A,a,a@b.example,b", "B,b,a@b.example,", "C,c,a@b.example,top")
    applied(made)
    parents = {account.code: account.parent_account for account in Account.objects.all()}
    assert (parents["a"].code, parents["b"], parents["c"].code) == ("b", None, "top")


def test_the_parent_of_an_existing_account_is_not_changed_here(prepare, make_account):
    parent = make_account("parent")
    make_account("child", parent_account=parent)
    assert counts(prepare("Code,Parent account", "child,parent")) == (0, 0, 1, 0)
    for sent in ("", "other"):
        found = problems(prepare("Code,Parent account", f"child,{sent}"))
        assert "asks from which day" in found[2][0][1]


@pytest.mark.parametrize("meanwhile", ["saved", "deleted", "code taken"])
def test_what_changed_since_the_preview_refuses_the_import_and_makes_a_new_preview(
    prepare, make_account, meanwhile
):
    known = make_account("known")
    made = prepare(HEAD, "New,new,a@b.example", "Mine,known,a@b.example")
    match meanwhile:
        case "saved":
            update_account(known, version=1, name="Theirs")
        case "deleted":
            delete_account(known)
        case "code taken":
            make_account("new", name="Theirs")
    before = list(Account.everyone.order_by("id").values())
    with pytest.raises(Changed, match="Nothing was imported"):
        applied(made)
    assert list(Account.everyone.order_by("id").values()) == before
    check_again(made)
    made.refresh_from_db()
    assert made.revision == 2
    assert (
        counts(made)
        == {"saved": (1, 1, 0, 0), "deleted": (2, 0, 0, 0), "code taken": (0, 2, 0, 0)}[meanwhile]
    )
    with pytest.raises(RuleViolation, match="checked again since you looked"):
        applied(made, revision=1)
    applied(made)
    assert Account.objects.get(code="known").name == "Mine"


def test_an_import_is_applied_once_and_keeps_no_personal_value(prepare):
    made = prepare(HEAD, "Zyxwvut Canaria,new,zyxwvut@canaria.example")
    applied(made)
    with pytest.raises(RuleViolation, match="is over"):
        applied(made)
    assert Account.objects.count() == 1
    row = made.rows.get()
    assert (row.kind, row.fields) == (RowKind.CREATE, ["Name", "Code", "Email address"])
    assert "anaria" not in f"{row.values}{row.changes}{row.problems}{row.warnings}"


def test_previews_are_forgotten_when_discarded_and_after_a_day(prepare, organization):
    made = prepare(HEAD, "New,new,a@b.example")
    discard_import(made)
    assert not made.rows.exists()
    with pytest.raises(RuleViolation, match="is over"):
        applied(made)
    old = prepare(HEAD, "New,new,a@b.example")
    AccountImport.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(hours=25))
    with pytest.raises(RuleViolation, match="is over"):
        applied(old)
    prepare(HEAD, "Other,other,a@b.example")
    old.refresh_from_db()
    assert (old.state, old.rows.count()) == ("DISCARDED", 0)


def test_previews_that_hold_what_is_erased_go(prepare, make_account):
    account = make_account("known", name="Zyxwvut Canaria", email_address="zyxwvut@canaria.example")
    naming = [
        prepare("Code,Purchase order number", "known,PO-1"),
        prepare("Code,Name", "known,Other"),
        prepare(HEAD, "Zyxwvut Canaria,elsewhere,a@b.example"),
    ]
    other = prepare(HEAD, "New,new,a@b.example")
    discard_naming(account, {"Zyxwvut Canaria", "zyxwvut@canaria.example"})
    assert {made.state for made in AccountImport.objects.filter(pk__in=[one.pk for one in naming])} == {
        "DISCARDED"
    }
    other.refresh_from_db()
    assert other.state == "PREVIEW"


@pytest.mark.long
def test_ten_thousand_rows_take_few_queries_and_little_time(
    prepare, organization, django_assert_max_num_queries
):
    known = [
        Account(organization=organization, name=f"Known {n}", code=f"known-{n}", email_address="a@b.example")
        for n in range(5_000)
    ]
    Account.objects.bulk_create(known)
    lines = [f"Changed {n},known-{n},a@b.example" for n in range(5_000)]
    lines += [f"New {n},new-{n},a@b.example" for n in range(5_000)]
    with django_assert_max_num_queries(60):
        made = prepare(HEAD, *lines)
    assert counts(made) == (5_000, 5_000, 0, 0)
    with django_assert_max_num_queries(80):
        applied(made)
    assert Account.objects.count() == 10_000
    assert not Account.objects.filter(name__startswith="Known").exists()


def test_another_organization_sees_and_reaches_nothing(prepare, make_account, make_organization):
    other = make_organization("other")
    theirs = create_account(organization=other, name="T", code="same", email_address="a@b.example")
    made = prepare(HEAD, "Mine,same,a@b.example")
    assert counts(made) == (1, 0, 0, 0)
    applied(made)
    theirs.refresh_from_db()
    assert theirs.name == "T"


def test_a_first_bill_date_that_bills_stand_against_is_refused(prepare, make_account, account_extensions):
    make_account("known")

    def refuse(before, after):
        if before.bill_epoch != after.bill_epoch:
            raise RuleViolation(f"{before.code} has a locked bill.")

    made = prepare("Code,First bill date", "known,2026-02-01")
    account_extensions.change_checks.append(refuse)
    try:
        with pytest.raises(Changed, match=r"Line 2: known has a locked bill\."):
            applied(made)
        check_again(made)
        assert problems(made) == {2: [["First bill date", "known has a locked bill."]]}
    finally:
        account_extensions.change_checks.remove(refuse)
    assert Account.objects.get().version == 1

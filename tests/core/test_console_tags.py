"""How values look: no database, no request but where the query of a page is changed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from m3console.core import clock
from m3console.core.exact import ExactField
from m3console.core.forms import DateInput
from m3console.core.links import acting_in
from m3console.core.models import Currency, Organization
from m3console.core.templatetags import console, fields, shell

BERLIN = Organization(slug="fjordlight", name="Fjordlight", timezone="Europe/Berlin")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("1041.01", "EUR", "1,041.01"),
        ("1041.010000000", "EUR", "1,041.01"),
        ("-552.9", "EUR", "−552.90"),
        ("7204500", "JPY", "7,204,500"),
        ("0", "USD", "0.00"),
        ("-0.00", "USD", "0.00"),
        ("1E+3", "USD", "1,000.00"),
        ("12", "CREDITS", "12.00"),
        ("123456789012345678901234.56", "EUR", "123,456,789,012,345,678,901,234.56"),
    ],
)
def test_money_has_its_currencys_decimals_separators_and_a_true_minus(value, currency, shown):
    markup = console.money(Decimal(value), currency)
    assert markup == f'<span class="money">{shown} <span class="ccy">{currency}</span></span>'


def test_money_never_hides_digits_that_the_currency_does_not_have():
    assert console.amount(Decimal("7575.40"), "JPY") == "7,575.4"
    assert console.amount(Decimal("0.005"), "EUR") == "0.005"


def test_an_organizations_own_currency_says_how_many_decimals_it_has():
    unit = Currency(code="CREDITS", max_decimal_places=0)
    assert console.amount(Decimal("1200"), unit) == "1,200"
    assert "1,200 <span" in console.money(Decimal("1200"), unit)


def test_amounts_without_a_currency_have_two_decimals_or_as_many_as_they_need():
    assert console.amount(Decimal("5")) == "5.00"
    assert console.amount(Decimal("5.125")) == "5.125"


@pytest.mark.parametrize("show", [console.amount, console.quantity, console.price])
def test_nothing_is_shown_as_nothing_and_zero_as_zero(show):
    assert show(None) == ""
    assert show("") == ""
    assert show(0).startswith("0")


@pytest.mark.parametrize("show", [console.amount, console.quantity, console.price])
@pytest.mark.parametrize("value", [1.5, True, "12"])
def test_what_is_not_exact_is_a_mistake_and_not_shown(show, value):
    with pytest.raises(TypeError):
        show(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_numbers_that_are_none_are_refused(value):
    with pytest.raises(ValueError, match="finite"):
        console.quantity(Decimal(value))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("18342.61800", "18,342.618"),
        ("42000000", "42,000,000"),
        ("1E+6", "1,000,000"),
        ("0.000001", "0.000001"),
    ],
)
def test_quantities_are_written_out_without_exponent_or_trailing_zeros(value, shown):
    assert console.quantity(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("0.019972", "0.019972"), ("30", "30.00"), ("4.6", "4.60"), ("0.0230", "0.023")]
)
def test_unit_prices_are_unrounded_and_have_at_least_two_decimals(value, shown):
    assert console.price(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (date(2026, 5, 1), date(2026, 6, 1), "1 – 31 May 2026"),
        (date(2026, 1, 1), date(2026, 6, 1), "1 Jan – 31 May 2026"),
        (date(2026, 6, 15), date(2027, 6, 15), "15 Jun 2026 – 14 Jun 2027"),
        (date(2026, 5, 31), date(2027, 5, 31), "31 May 2026 – 30 May 2027"),
        (date(2026, 5, 12), date(2026, 5, 13), "12 May 2026"),
        (date(2026, 1, 1), None, "from 1 Jan 2026"),
        (None, date(2026, 6, 1), "until 31 May 2026"),
        (None, None, "always"),
        (date(2026, 6, 1), date(2026, 6, 1), "no day, ends as it starts on 1 Jun 2026"),
    ],
)
def test_a_period_is_shown_by_its_first_and_last_day(start, end, shown):
    assert console.period(start, end) == f'<span class="nowrap tabular">{shown}</span>'


def test_a_day_is_shown_in_words_that_no_country_misreads():
    assert console.day(date(2026, 6, 1)) == '<time datetime="2026-06-01">1 Jun 2026</time>'
    assert console.day(None) == ""
    assert console.day_words(date(2026, 6, 15)) == "Monday, 15 Jun 2026"
    assert console.last_day(date(2026, 6, 1)) == "Last billed day: 31 May 2026"


def test_an_instant_is_not_taken_for_a_day():
    with pytest.raises(TypeError):
        console.day(datetime(2026, 6, 1, tzinfo=UTC))


def test_an_instant_is_shown_by_the_organizations_clock_with_utc_in_its_title():
    with acting_in(BERLIN):
        shown = console.instant(datetime(2026, 5, 31, 22, 30, tzinfo=UTC))
    assert ">1 Jun 2026, 00:30 CEST</time>" in shown
    assert 'datetime="2026-05-31T22:30:00+00:00" title="2026-05-31 22:30:00 UTC"' in shown


@pytest.mark.parametrize(
    ("zone", "name"), [("UTC", "UTC"), ("America/Sao_Paulo", "UTC−3"), ("Asia/Kathmandu", "UTC+5:45")]
)
def test_a_zone_without_letters_is_named_by_its_offset(zone, name):
    with acting_in(Organization(timezone=zone)):
        assert f" {name}</time>" in console.instant(datetime(2026, 1, 1, tzinfo=UTC))


def test_outside_of_an_organization_instants_are_in_utc():
    assert "08:44 UTC" in console.instant(datetime(2026, 6, 9, 8, 44, tzinfo=UTC))


def test_the_top_bar_names_the_zone_and_its_offset_today():
    with acting_in(BERLIN):
        with clock.at(date(2026, 6, 9)):
            assert shell.zone_now() == "Europe/Berlin, UTC+2"
        with clock.at(date(2026, 12, 9)):
            assert shell.zone_now() == "Europe/Berlin, UTC+1"


def test_a_status_is_a_sign_a_word_and_a_tint():
    shown = console.status("PENDING")
    assert 'class="status status-pending"' in shown
    assert "icons.svg#clock" in shown
    assert shown.endswith("PENDING</span>")


def test_an_unknown_status_still_shows_its_word():
    assert "NEVER SEEN</span>" in console.status("never_seen")


def test_a_status_may_say_more_than_its_word():
    assert "BILLED, 1 WARNING</span>" in console.status("WARNING", "billed, 1 warning")


@pytest.mark.parametrize(
    "markup",
    [
        console.copy("<b>", "<i>"),
        console.money(Decimal(1), "<b>"),
        console.status("<b>"),
        console.icon("<b>"),
    ],
)
def test_everything_is_escaped(markup):
    assert "<b>" not in markup.lower()
    assert "<i>" not in markup


def test_an_id_can_be_copied_and_the_button_says_what():
    shown = console.copy("0190-c2b4", "account id")
    assert 'data-copy="0190-c2b4" aria-label="Copy account id"' in shown
    assert console.copy(None, "account id") == ""


def test_a_query_keeps_what_it_does_not_change_and_starts_paging_again():
    context = Context({"request": RequestFactory().get("/?q=bore%20alis&sort=name&cursor=a1&format=csv")})
    assert console.query(context, sort="-name") == "?q=bore+alis&sort=-name"
    assert console.query(context, q=None, sort="") == "?"


def test_a_column_that_the_list_cannot_sort_by_has_no_sorting():
    listing = SimpleNamespace(sorts={"name": {"url": "?sort=-name", "aria": "ascending"}})
    assert console.sorting(listing, SimpleNamespace(name="name"))["aria"] == "ascending"
    assert console.sorting(listing, SimpleNamespace(name="total")) is None
    assert console.sorting("", SimpleNamespace(name="name")) is None


@pytest.mark.parametrize(
    ("person", "letters"),
    [
        ("Marta Lindqvist", "ML"),
        ("marta.lindqvist@example.com", "ML"),
        ("Åsa", "Å"),
        ("", "?"),
        ("a b c", "AC"),
    ],
)
def test_a_person_is_two_letters(person, letters):
    assert shell.initials(person) == letters


def test_the_phones_bar_has_at_most_four_entries_and_only_what_the_role_reaches():
    def item(icon, label):
        return {"icon": icon, "label": label}

    navigation = [
        {"items": [item("accounts", "Accounts"), item("home", "Dashboard")]},
        {"items": [item("bill", "Bill management"), item("run", "Run billing"), item("plan", "Plans")]},
    ]
    assert [entry["label"] for entry in shell.phone_bar(navigation)] == ["Accounts", "Bills", "Run", "Plans"]
    assert shell.phone_bar(navigation[:1])[-1]["label"] == "Dashboard"
    assert shell.phone_bar([]) == []


class AttachForm(forms.Form):
    code = forms.CharField(help_text="No <b>personal</b> data.")
    start = forms.DateField(widget=DateInput({"data-date-words": "day"}))
    end = forms.DateField(widget=DateInput({"data-date-words": "end"}), required=False)
    charge = ExactField(required=False)
    mode = forms.ChoiceField(choices=[("a", "Parent"), ("b", "Child")], widget=forms.RadioSelect)
    advance = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def field_markup(form: forms.Form, name: str) -> str:
    return render('{% include "m3console/_field.html" %}', field=form[name])


def test_a_field_has_its_label_its_help_and_a_control_that_names_the_help():
    markup = field_markup(AttachForm(), "code")
    assert '<label for="id_code">Code</label>' in markup
    assert 'id="id_code_help">No &lt;b&gt;personal&lt;/b&gt; data.' in markup
    assert 'aria-describedby="id_code_help"' in markup
    assert 'class="form-control w-half"' in markup


def test_an_optional_field_says_so():
    assert "(optional)" in field_markup(AttachForm(), "end")
    assert "(optional)" not in field_markup(AttachForm(), "start")


def test_a_field_in_error_says_what_is_wrong_where_it_is_and_keeps_what_was_typed():
    markup = field_markup(AttachForm({"start": "2026-13-01"}), "start")
    assert "has-error" in markup
    assert 'aria-invalid="true"' in markup
    assert 'aria-describedby="id_start_error id_start_words"' in markup
    assert 'value="2026-13-01"' in markup


def test_an_exclusive_end_is_told_as_its_last_billed_day():
    form = AttachForm(initial={"start": date(2026, 6, 15), "end": date(2027, 6, 15)})
    assert "Monday, 15 Jun 2026</p>" in field_markup(form, "start")
    assert "Last billed day: 14 Jun 2027</p>" in field_markup(form, "end")
    assert "Last billed day: 31 May 2026" in field_markup(AttachForm({"end": "2026-06-01"}), "end")


def test_choices_are_a_group_with_a_legend_and_a_label_each():
    markup = field_markup(AttachForm(), "mode")
    assert "<legend>Mode</legend>" in markup
    assert markup.count('class="form-check-input"') == 2
    assert '<label for="id_mode_1">Child</label>' in markup


def test_a_number_field_is_as_wide_as_a_number():
    assert 'class="form-control w-money num"' in field_markup(AttachForm(), "charge")


def test_the_error_summary_links_each_problem_to_its_field():
    form = AttachForm({"version": "x", "mode": "c", "start": "2026-06-15"})
    form.add_error(None, "Vector Search is covered already.")
    found = {(problem["id"], problem["text"].partition(":")[0]) for problem in fields.problems(form)}
    assert found == {
        ("", "Vector Search is covered already."),
        ("id_code", "Code"),
        ("id_mode", "Mode"),
        ("", "Version"),
    }
    markup = render('{% include "m3console/_error_summary.html" %}', form=form)
    assert "There are 4 problems" in markup
    assert 'href="#id_code"' in markup


def test_a_form_without_errors_has_no_summary():
    assert render('{% include "m3console/_error_summary.html" %}', form=AttachForm()).strip() == ""


def test_an_average_price_shows_six_decimals_at_most():
    assert console.average(Decimal("0.1665565407506376776387708004")) == "0.166557"
    assert console.average(Decimal("4.6")) == "4.60"
    assert console.average(None) == ""

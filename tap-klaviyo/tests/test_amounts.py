"""Amounts within text: the right number, or none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_klaviyo.streams.events.amounts import parse_amount
from tap_klaviyo.streams.events.general import UNPARSED_VALUES, number

READ = {
    "Rs. 500": 500, "Rs. 1,499.00": 1499, "₹12,34,567": 1234567, "12,34,567.00": 1234567,
    "1e5": 100000, "1E+3": 1000, "S/. 120.00": 120, "Fr. 49.90": 49.9, "kr. 1.200,50": 1200.5,
    "$1,234.50": 1234.5, "1.234,50 €": 1234.5, "(12.50)": -12.5, "($12.50)": -12.5,
    "1'234.50": 1234.5, "1’234.50": 1234.5, "1 234,50": 1234.5, "1\u00a0234,50 zł": 1234.5,
    "12.50-": -12.5, "-$12.50": -12.5, "$-12.50": -12.5, "−5,00 kr": -5, "1.234": 1.234,
    "1,234": 1234, "0,234": 0.234, "R$ 1.234,56": 1234.56, "د.إ 100.00": 100, "١٢٣٫٥": 123.5,
    "€ 1.234.567": 1234567, "12.50 USD": 12.5, "12,5": 12.5, "500,-": 500, "500:-": 500,
    "5,- €": 5, "CHF 1'000.-": 1000, ".5": 0.5, "$.50": 0.5, "Rs.500": 500, "US$ 5": 5,
    "120 руб.": 120, "B/. 5.00": 5, "5 000": 5000, "+5": 5,
}  # fmt: skip
UNCERTAIN = [
    "", "-", "free", "0x10", "NaN", "Infinity", "1.2.3", "10-20", "1.234 €", "1.000 kr", "1234,567",
    "5k", "$5k", "5 million", "#1001", "10%", "2026-11-20", "12:30", "1/2", "500¢", "50 cents",
    "--5", "-(5)", "5 USD 6", "12,345,67", "1,234.56.7", "5e3 USD", "1 2", "Total: 5", "9" * 100,
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_the_number_within_a_text_is_read(text, value):
    assert parse_amount(text) == value


@pytest.mark.parametrize("text", UNCERTAIN)
def test_where_two_readings_are_possible_there_is_no_number(text):
    assert parse_amount(text) is None


CENTS = st.integers(0, 10**11)
FORMS = {
    "plain": ("", "."), "english": (",", "."), "german": (".", ","), "swiss": ("'", "."),
    "french": ("\u202f", ","), "indian": ("lakh", "."),
}  # fmt: skip


def written(cents: int, form: str) -> str:
    thousands, point = FORMS[form]
    whole, rest = divmod(cents, 100)
    if thousands != "lakh":
        return f"{whole:,}".replace(",", thousands) + f"{point}{rest:02}"
    head, tail = str(whole)[:-3], str(whole)[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail]) + f".{rest:02}"


@given(
    CENTS,
    st.sampled_from(sorted(FORMS)),
    st.sampled_from(["{}", "-{}", "({})", "{}-"]),
    st.sampled_from(["{}", "$ {}", "Rs. {}", "{} €", "{} kr", "USD {}", "S/. {}"]),
)
def test_an_amount_written_in_any_locale_is_read_back(cents, form, sign, currency):
    text = currency.format(written(cents, form))
    expected = cents / 100
    assert parse_amount(sign.format(text)) == pytest.approx(expected if sign == "{}" else -expected)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_a_program_writes_it_is_read_back(value):
    assert parse_amount(repr(value)) == value


@given(st.text())
def test_no_text_stops_the_reading_and_none_becomes_infinite_money(text):
    found = number(text)
    assert found is None or math.isfinite(found)


@given(st.integers(0, 999), st.text("0123456789.,' -+()$€", max_size=12))
def test_two_numbers_in_a_text_are_none(first, rest):
    assert parse_amount(f"{first} or {rest}1") is None


def test_what_was_no_amount_is_counted_and_told_and_stays_whole(tap, sandbox, account_id):
    texts = ["Rs. 500", "10-20", "free", "", None]
    events = [
        {"id": f"e{n}", "attributes": {"event_properties": {"$value": text}}}
        for n, text in enumerate(texts)
    ]
    body = {"data": events, "links": {"next": None}}
    sandbox.fault("/events", client="acme", status=200, body=body)
    sync = tap.sync(only=("events",), start_date=sandbox.world.until.date().isoformat())
    found = {e["id"]: e for e in sync.of("events", account_id("acme"))}
    assert [found[f"e{n}"]["value"] for n in range(5)] == [500, None, None, None, None]
    assert [found[f"e{n}"]["event_properties"]["$value"] for n in range(5)] == texts
    log = sync.logged("acme", "events")
    assert (log["status"], f"2 {UNPARSED_VALUES}" in log["error"]) == ("ok", True)
    assert f"acme, events: 2 {UNPARSED_VALUES}" in sync.log

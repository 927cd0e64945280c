"""Pieces that several queries share; every query names its tables without a schema."""

from __future__ import annotations

CHOSEN = "client in (${client:sqlstring})"
IN_RANGE = f"{CHOSEN} and $__timeFilter(date_day)"
# A range without today ends with each brand's own yesterday: a day that was still going on there
# when it was read is shown only in a range that has today in it.
OVER = "(is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)"
WHOLE_DAYS = f"{IN_RANGE} and {OVER}"

# What one unit of the row's own currency is worth in the currency chosen: 1 in that currency
# itself, the day's rate if the common currency is chosen, nothing else is ever added up.
WORTH = """cross join lateral (select case
    when currency = ${currency:sqlstring} then 1
    when reporting_currency = ${currency:sqlstring} then reporting_rate end as worth) as money"""

# Partial and skipped are not trouble of today: what Klaviyo has not got will be missing tomorrow.
LATE = "status <> 'fresh' and last_status not in ('partial', 'skipped')"

# Of a shorter range, a change would compare a Sunday with a Saturday.
A_WEEK = "$__timeTo()::date - $__timeFrom()::date >= 6"

# Weeks of seven days from the first day asked for, so that none is cut at its beginning.
WEEK = '($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time"'


def ratio(part: str, whole: str, only: str = "") -> str:
    """Sum over sum, of the rows that know both: a row that lacks one would distort the ratio.

    `only` is a further condition on the rows.
    """
    condition = f" and {only}" if only else ""
    return (
        f"(sum({part}) filter (where {whole} is not null{condition}))::numeric\n"
        f"    / nullif(sum({whole}) filter (where {part} is not null{condition}), 0)"
    )


def with_rates(table: str, day: str = "date_day") -> str:
    """A table of messages, and beside each row the common currency's rate on its day."""
    return f"""(select t.*, reporting_currency, reporting_rate from {table} as t
    left join (select account_id, date_day as {day}, reporting_currency, reporting_rate
        from daily_client_metrics) as r using (account_id, {day})) as {table}"""


# The period asked for, and the one of the same length before it.
_COMPARED = """
with asked as (
    select
        $__timeFrom()::date as first_day,
        $__timeTo()::date as last_day,
        $__timeTo()::date - $__timeFrom()::date + 1 as days),
daily as (
    select *, date_day >= first_day as is_now
    from asked
    inner join {table} on date_day between first_day - days and last_day
    {worth}
    where {chosen} and {over}{only}),
periods as (select is_now, {value} as value from daily group by is_now),
covered as (
    select bool_and(c.first_day <= asked.first_day - days and {A_WEEK}) as is_whole
    from asked cross join clients as c where {chosen})
select now.value as "this period",
    coalesce({change}, 'n/a') as "vs before"
from periods as now
left join periods as before on not before.is_now and (select is_whole from covered)
where now.is_now
"""


def signed(change: str, decimals: int = 1) -> str:
    """A relative change in words: `+3.1%`, `-12.0%`; from ten times on only that it is as much.

    `change` is a numeric expression, in brackets if it is more than a name.
    """
    zero = f"{0:.{decimals}f}"
    return (
        f"case when round(100 * {change}, {decimals}) = 0 then '{zero}%'"
        f" when {change} >= 9.995 then 'over +999%'"
        f" else to_char(100 * {change}, 'FMSG999,99{zero}') || '%' end"
    )


RELATIVE = signed("(now.value::numeric / nullif(before.value, 0) - 1)")
# Of a number that is a per cent itself.
POINTS = "to_char(100 * (now.value - before.value), 'FMSG990.0') || ' pts'"
PEOPLE = "to_char(now.value - before.value, 'FMSG999,999,990')"


def compared(
    value: str,
    *,
    table: str = "daily_client_metrics",
    money: bool = False,
    only: str = "",
    change: str = RELATIVE,
) -> str:
    """A number of the period, and its change against the period of equal length before it.

    The change is in words. It is `n/a` unless every chosen client has data for all of that period;
    and of less than a week, where it would compare a Sunday with a Saturday.

    Args:
        value: Aggregate over the table's daily rows, such as `sum(orders)`.
        table: The daily table.
        money: Convert by `worth`, and leave out the rows that have none.
        only: A further condition on the rows.
        change: RELATIVE; POINTS for per cent; PEOPLE for a number that is a difference itself.
    """
    conditions = (" and worth is not null" if money else "") + (f" and {only}" if only else "")
    worth = WORTH.replace("\n", "\n    ") if money else ""
    query = _COMPARED.format(
        table=table,
        A_WEEK=A_WEEK,
        worth=worth,
        chosen=CHOSEN,
        over=OVER,
        only=conditions,
        value=value,
        change=change,
    )
    return "\n".join(line for line in query.splitlines() if line.strip())

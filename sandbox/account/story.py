"""The fictional brands: who they are and the plot of their season.

A plot is written in day numbers counted from the world's first day, so that it shows in a
chart whatever the date is today. Nothing here is random.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plot:
    """What a reader of the charts should be able to see, in day numbers (0 = first day).

    Attributes:
        flow_off: A flow's key, and the day on which it is stopped.
        draft: A flow's key, the name of one of its messages, and the day on which it becomes a
            draft.
    """

    quiet_from: int
    bad_send: int
    flow_on: int
    sale_from: int
    quiet_days: int = 7
    sale_days: int = 5
    flow_off: tuple[str, int] | None = None
    draft: tuple[str, str, int] | None = None


@dataclass(frozen=True)
class CreditRules:
    """What the account lets a message get the credit for, as set in Klaviyo.

    Attributes:
        hours: From the touch to the order, at most.
    """

    hours: int = 120
    machine_opens: bool = True
    bot_clicks: bool = True


@dataclass(frozen=True)
class Brand:
    """One shop with its Klaviyo account.

    Attributes:
        client: The agency's short name for the brand; also seeds its random numbers.
        timezone: IANA name of the account's zone; every plan is made in this zone.
        currency: ISO code of the account's preferred currency.
        foreign_currency: ISO code some orders are paid in, or None.
        old_sms_names: The account still has `Received SMS` instead of `Received Text Message`.
        old_consent_names: It has 'Subscribed to List' and 'Unsubscribed' instead of the new names.
        second_orders: Another integration also sends a 'Placed Order', which is not mapped.
        maps_cancelled: 'Cancelled Order' is mapped to cancelled_sales.
        refuses_values_in: Reports that say of its orders, as of a metric without money, that it
            "does not support querying for values data".
        credit: Its rules of attribution.
        later_credit: Day number of a change, and the rules of orders from that day on; or None.
        audience: People reached by one email campaign.
        orders_a_day: Orders that no message brought, on an ordinary day.
        price_cents: Cheapest and dearest basket, in hundredths of the currency.
        send_times: Local times of campaign sends, used in turn.
        fairs: How many fairs it has been to, with a list from each.
        products: What it sells.
    """

    client: str
    organization: str
    timezone: str
    currency: str
    locale: str
    country: str
    city: str
    industry: str
    plot: Plot
    products: tuple[str, ...]
    audience: int = 210
    orders_a_day: int = 8
    price_cents: tuple[int, int] = (1900, 14900)
    send_times: tuple[tuple[int, int], ...] = ((10, 0), (17, 30), (23, 35))
    fairs: int = 7
    foreign_currency: str | None = None
    old_sms_names: bool = False
    old_consent_names: bool = False
    second_orders: bool = False
    maps_cancelled: bool = False
    refuses_values_in: tuple[str, ...] = ()
    credit: CreditRules = CreditRules()
    later_credit: tuple[int, CreditRules] | None = None

    def credit_on(self, number: int) -> CreditRules:
        """The rules for orders of a day, by its number."""
        if self.later_credit is None or number < self.later_credit[0]:
            return self.credit
        return self.later_credit[1]

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.timezone)

    def day_hours(self, day: date) -> int:
        """Length of a local day in hours: 24, or 23 and 25 when the clocks change."""
        start = datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()
        after = day + DAY
        end = datetime(after.year, after.month, after.day, tzinfo=self.zone).timestamp()
        return round((end - start) / 3600)


BRANDS: dict[str, Brand] = {
    brand.client: brand
    for brand in (
        Brand(
            client="acme",
            organization="Acme Outfitters",
            timezone="America/New_York",
            currency="USD",
            locale="en-US",
            country="US",
            city="Boston",
            industry="Apparel and accessories",
            plot=Plot(quiet_from=24, bad_send=40, flow_on=56, sale_from=84),
            products=("Trail Jacket", "Wool Socks", "Canvas Tote", "Rain Shell", "Field Cap"),
            maps_cancelled=True,
        ),
        Brand(
            client="nord",
            organization="Nord & Sø",
            timezone="Europe/Copenhagen",
            currency="DKK",
            locale="da-DK",
            country="DK",
            city="København",
            industry="Home and garden",
            plot=Plot(
                quiet_from=12, bad_send=66, flow_on=48, sale_from=90, flow_off=("thanks", 102)
            ),
            products=("Lampe Ærø", "Uldtæppe", "Krus", "Egetræsbord", "Vase Blå"),
            audience=190,
            orders_a_day=7,
            price_cents=(14900, 119900),
            send_times=((8, 30), (19, 15), (23, 50)),
            old_sms_names=True,
            old_consent_names=True,
            second_orders=True,
            later_credit=(80, CreditRules(hours=24, machine_opens=False)),
        ),
        Brand(
            client="koala",
            organization="Koala Skincare",
            timezone="Australia/Sydney",
            currency="AUD",
            locale="en-AU",
            country="AU",
            city="Sydney",
            industry="Health and beauty",
            plot=Plot(
                quiet_from=34,
                bad_send=54,
                flow_on=70,
                sale_from=98,
                draft=("checkout", "Reminder", 100),
            ),
            products=("Eucalyptus Balm", "Sun Cream SPF 50", "Clay Mask", "Tea Tree Soap"),
            audience=230,
            orders_a_day=9,
            price_cents=(1200, 9900),
            send_times=((7, 45), (12, 10), (23, 40)),
            fairs=0,
            foreign_currency="NZD",
            refuses_values_in=("campaign-values-report",),
            credit=CreditRules(machine_opens=False, bot_clicks=False),
        ),
        Brand(
            client="fjord",
            organization="Fjord Friluft",
            timezone="Europe/Oslo",
            currency="NOK",
            locale="nb-NO",
            country="NO",
            city="Bergen",
            industry="Sporting goods",
            plot=Plot(quiet_from=18, bad_send=47, flow_on=61, sale_from=77),
            products=("Telt", "Sovepose", "Primus", "Fiskestang"),
            audience=150,
            orders_a_day=5,
            price_cents=(24900, 249900),
            maps_cancelled=True,
        ),
    )
}

DEFAULT_CLIENTS = ("acme", "nord", "koala")

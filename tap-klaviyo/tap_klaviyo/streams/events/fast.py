"""A page of events as finished Singer messages: the fast way.

Only what becomes a column is decoded; `event_properties`, most of a page, is copied byte by
byte. It gives the same records as `event_records`, and gives way to it for a page with
anything in it that must change on its way, or that is not as documented.

The structs hold no cycles, so the garbage collector need not know them; it would otherwise
take most of the time.
"""

from __future__ import annotations

import typing as t

import msgspec

from tap_klaviyo.client.sanitize import is_clean
from tap_klaviyo.streams.events.general import is_unread, number, text
from tap_klaviyo.times import utc_text


class Reference(msgspec.Struct, gc=False):
    """The id a relationship holds."""

    id: str


class One(msgspec.Struct, gc=False):
    """A relationship with one resource, or none."""

    data: Reference | None = None


class Many(msgspec.Struct, gc=False):
    """A relationship with several resources."""

    data: list[Reference] | None = None


class EventAttributes(msgspec.Struct, gc=False):
    """Attributes of an event."""

    event_properties: msgspec.Raw = msgspec.Raw(b"null")
    uuid: str | None = None
    datetime: str | None = None


class EventRelationships(msgspec.Struct, gc=False):
    """Relationships of an event."""

    metric: One | None = None
    profile: One | None = None
    attributions: Many | None = None


class Event(msgspec.Struct, gc=False):
    """An event as Klaviyo sends it."""

    id: str
    attributes: EventAttributes
    relationships: EventRelationships | None = None


class CreditRelationships(msgspec.Struct, gc=False, rename="kebab"):
    """What an attribution credits."""

    attributed_event: One | None = None
    campaign: One | None = None
    campaign_message: One | None = None
    flow: One | None = None
    flow_message: One | None = None
    flow_message_variation: One | None = None


class Attribution(msgspec.Struct, gc=False):
    """An attribution as Klaviyo sends it."""

    id: str
    relationships: CreditRelationships | None = None


class Links(msgspec.Struct, gc=False):
    """Where the next page is."""

    next: str | None = None


class Page(msgspec.Struct, gc=False):
    """A page of events."""

    data: list[Event]
    included: list[Attribution] | None = None
    links: Links | None = None
    errors: list[msgspec.Raw] | None = None


class Values(msgspec.Struct, gc=False, rename={"value": "$value", "currency": "$value_currency"}):
    """The event properties that are columns of their own."""

    value: t.Any = None
    currency: t.Any = None


class Credit(msgspec.Struct, gc=False):
    """An attribution of a record."""

    id: str
    attributed_event_id: str | None
    campaign_id: str | None
    campaign_message_id: str | None
    flow_id: str | None
    flow_message_id: str | None
    flow_message_variation_id: str | None


class EventRecord(msgspec.Struct, gc=False):
    """A record of the stream; its fields are the columns."""

    account_id: str
    id: str
    uuid: str | None
    datetime: str | None
    metric_id: str | None
    profile_id: str | None
    value: float | int | None
    value_currency: str | None
    event_properties: msgspec.Raw
    attributions: list[Credit | Reference]


class Message(msgspec.Struct, gc=False, tag="RECORD", tag_field="type"):
    """A Singer message."""

    stream: str
    record: EventRecord
    time_extracted: str


NOTHING = msgspec.Raw(b"{}")
_page = msgspec.json.Decoder(Page)
_values = msgspec.json.Decoder(Values | None)
_encoder = msgspec.json.Encoder()


def page_of(raw: bytes) -> Page | None:
    """Decode a page; None if its bytes cannot be passed on as they are."""
    if b"\n" in raw or b"\r" in raw or not is_clean(raw):
        return None
    try:
        page = _page.decode(raw)
    except msgspec.MsgspecError:
        return None
    return None if page.errors else page


def lines_of(account_id: str, stream: str, page: Page, time_extracted: str) -> bytes | None:
    """The messages of a page, one a line; None if a property is not as documented.

    So it is if a value is no amount: the ordinary way counts those.
    """
    credited = {item.id: _credit(item) for item in page.included or []}
    try:
        records = [_record(account_id, event, credited) for event in page.data]
    except (msgspec.MsgspecError, ArithmeticError, ValueError):
        return None
    return _encoder.encode_lines([Message(stream, record, time_extracted) for record in records])


def _record(account_id: str, event: Event, credited: dict[str, Credit]) -> EventRecord:
    attributes = event.attributes
    values = _values.decode(attributes.event_properties)
    value = number(values.value) if values else None
    if value is None and values and is_unread(values.value):
        raise ValueError
    relationships = event.relationships or EventRelationships()
    attributions = (relationships.attributions or Many()).data or []
    return EventRecord(
        account_id=account_id,
        id=event.id,
        uuid=attributes.uuid,
        datetime=utc_text(attributes.datetime),
        metric_id=_id(relationships.metric),
        profile_id=_id(relationships.profile),
        value=value,
        value_currency=text(values.currency) if values else None,
        event_properties=attributes.event_properties if values else NOTHING,
        attributions=[credited.get(item.id, item) for item in attributions],
    )


def _credit(item: Attribution) -> Credit:
    owners = item.relationships or CreditRelationships()
    return Credit(
        id=item.id,
        attributed_event_id=_id(owners.attributed_event),
        campaign_id=_id(owners.campaign),
        campaign_message_id=_id(owners.campaign_message),
        flow_id=_id(owners.flow),
        flow_message_id=_id(owners.flow_message),
        flow_message_variation_id=_id(owners.flow_message_variation),
    )


def _id(relationship: One | None) -> str | None:
    return relationship.data.id if relationship and relationship.data else None

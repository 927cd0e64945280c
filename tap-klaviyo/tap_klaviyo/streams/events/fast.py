"""Turns a page of events into encoded Singer messages: the fast way.

Only columns are decoded; `event_properties`, most of a page, is copied byte by byte, less what the
settings call private. The records are the same as those of `general.py`, which is used instead for
a page that needs a replacement or is not as documented.

The structs contain no reference cycles, so the garbage collector does not track them (`gc=False`):
it would take most of the time.
"""

from __future__ import annotations

import typing as t

import msgspec

from tap_klaviyo.client.sanitize import is_clean
from tap_klaviyo.streams.events.general import is_unparsed, number, text
from tap_klaviyo.times import utc_text

if t.TYPE_CHECKING:
    from tap_klaviyo.config.privacy import Privacy


class Reference(msgspec.Struct, gc=False):
    """The id a relationship holds."""

    id: str


class ToOne(msgspec.Struct, gc=False):
    """A relationship with one resource, or none."""

    data: Reference | None = None


class ToMany(msgspec.Struct, gc=False):
    """A relationship with several resources."""

    data: list[Reference] | None = None


class EventAttributes(msgspec.Struct, gc=False):
    """Attributes of an event."""

    event_properties: msgspec.Raw = msgspec.Raw(b"null")
    uuid: str | None = None
    datetime: str | None = None


class EventRelationships(msgspec.Struct, gc=False):
    """Relationships of an event."""

    metric: ToOne | None = None
    profile: ToOne | None = None
    attributions: ToMany | None = None


class Event(msgspec.Struct, gc=False):
    """An event as Klaviyo sends it."""

    id: str
    attributes: EventAttributes
    relationships: EventRelationships | None = None


class AttributionRelationships(msgspec.Struct, gc=False, rename="kebab"):
    """What an event is attributed to."""

    attributed_event: ToOne | None = None
    campaign: ToOne | None = None
    campaign_message: ToOne | None = None
    flow: ToOne | None = None
    flow_message: ToOne | None = None
    flow_message_variation: ToOne | None = None


class Attribution(msgspec.Struct, gc=False):
    """An attribution as Klaviyo sends it."""

    id: str
    relationships: AttributionRelationships | None = None


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


class AttributionRecord(msgspec.Struct, gc=False):
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
    attributions: list[AttributionRecord | Reference]


class SingerMessage(msgspec.Struct, gc=False, tag="RECORD", tag_field="type"):
    """A Singer message."""

    stream: str
    record: EventRecord
    time_extracted: str


EMPTY_OBJECT = msgspec.Raw(b"{}")
_page = msgspec.json.Decoder(Page)
_values = msgspec.json.Decoder(Values | None)
_encoder = msgspec.json.Encoder()


def parse_page(raw: bytes) -> Page | None:
    """Decode a page; None if its bytes cannot be copied unchanged."""
    if b"\n" in raw or b"\r" in raw or not is_clean(raw):
        return None
    try:
        page = _page.decode(raw)
    except msgspec.MsgspecError:
        return None
    return None if page.errors else page


class EncodedPage(t.NamedTuple):
    """A page as Singer messages.

    Attributes:
        lines: One message per line.
        seen: Timestamp and id of each event.
    """

    lines: bytes
    seen: list[tuple[str | None, str]]


def encode_page(
    account_id: str, stream: str, page: Page, time_extracted: str, privacy: Privacy
) -> EncodedPage | None:
    """Encode the events of a page; None if a property is not as documented.

    That includes a value that is not an amount: the general way counts those.
    """
    attributed = {item.id: _attribution(item) for item in page.included or []}
    try:
        records = [_record(account_id, event, attributed) for event in page.data]
    except (msgspec.MsgspecError, ArithmeticError, ValueError):
        return None
    if privacy:
        for record in records:
            record.event_properties = privacy.apply_to_bytes(record.event_properties)
    lines = _encoder.encode_lines(
        [SingerMessage(stream, record, time_extracted) for record in records]
    )
    return EncodedPage(lines, [(record.datetime, record.id) for record in records])


def _record(account_id: str, event: Event, attributed: dict[str, AttributionRecord]) -> EventRecord:
    attributes = event.attributes
    values = _values.decode(attributes.event_properties)
    value = number(values.value) if values else None
    if value is None and values and is_unparsed(values.value):
        raise ValueError
    relationships = event.relationships or EventRelationships()
    attributions = (relationships.attributions or ToMany()).data or []
    return EventRecord(
        account_id=account_id,
        id=event.id,
        uuid=attributes.uuid,
        datetime=utc_text(attributes.datetime),
        metric_id=_id(relationships.metric),
        profile_id=_id(relationships.profile),
        value=value,
        value_currency=text(values.currency) if values else None,
        event_properties=attributes.event_properties if values else EMPTY_OBJECT,
        attributions=[attributed.get(item.id, item) for item in attributions],
    )


def _attribution(item: Attribution) -> AttributionRecord:
    owners = item.relationships or AttributionRelationships()
    return AttributionRecord(
        id=item.id,
        attributed_event_id=_id(owners.attributed_event),
        campaign_id=_id(owners.campaign),
        campaign_message_id=_id(owners.campaign_message),
        flow_id=_id(owners.flow),
        flow_message_id=_id(owners.flow_message),
        flow_message_variation_id=_id(owners.flow_message_variation),
    )


def _id(relationship: ToOne | None) -> str | None:
    return relationship.data.id if relationship and relationship.data else None

"""A stream is a declaration, checked when its class is created."""

import pytest
from singer_sdk import typing as th
from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.streams import ALL
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, column

COMPLETE = {
    "name": "coupons",
    "primary_keys": ("account_id", "id"),
    "schema": th.PropertiesList(ACCOUNT_ID, column("id", "Id.", required=True)).to_dict(),
    "endpoint": Endpoint("coupons", burst=3, steady=60, page_size=100),
}


def declare(**attributes: object) -> type[KlaviyoStream]:
    """The class of a stream with these attributes; None takes one out."""
    declared = {**COMPLETE, **attributes}
    body = {name: value for name, value in declared.items() if value is not None}
    return type("Coupons", (KlaviyoStream,), body)


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({"name": None}, "no `name`"),
        ({"primary_keys": None}, "no `primary_keys`"),
        ({"schema": None}, "no `schema`"),
        ({"endpoint": None}, "`endpoint`.*a `read` of its own, or `read_with`"),
        ({"primary_keys": ("id",)}, "no `account_id` in its `primary_keys`"),
        ({"primary_keys": ("account_id", "code")}, "no column `code`"),
        ({"replication_key": "updated"}, "no column `updated`"),
    ],
)
def test_an_incomplete_declaration_is_refused_when_the_class_is_created(missing, says):
    with pytest.raises(TypeError, match=f"Stream Coupons declares .*{says}"):
        declare(**missing)


@pytest.mark.parametrize(
    "way", [{}, {"endpoint": None, "read_with": "lists"}, {"endpoint": None, "read": lambda *_: ()}]
)
def test_a_listing_a_method_or_another_stream_can_deliver_the_records(way):
    assert declare(**way).name == "coupons"


def test_a_base_for_other_streams_needs_no_declaration():
    class Base(KlaviyoStream, abstract=True):
        """Without anything."""

    with pytest.raises(TypeError, match="Stream Derived declares no `name`"):
        type("Derived", (Base,), {})


def test_a_listing_with_its_endpoint_is_read_without_a_method():
    declarations = {stream.name for stream in ALL if stream.read is KlaviyoStream.read}
    assert declarations >= {"lists", "segments", "forms", "templates", "billing_usage"}

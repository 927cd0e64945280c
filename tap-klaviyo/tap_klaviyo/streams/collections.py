"""Lists, segments, forms, templates and tags: collections that are read by what changed."""

from __future__ import annotations

import typing as t
from datetime import timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.endpoint import Endpoint
from tap_klaviyo.client.filters import greater_than
from tap_klaviyo.client.jsonapi import data_of, related_id
from tap_klaviyo.run.isolation import Subject
from tap_klaviyo.streams.base import Incremental, KlaviyoStream
from tap_klaviyo.streams.columns import ACCOUNT_ID, TAG_IDS, column
from tap_klaviyo.streams.items import Records

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.items import Item, Record
    from tap_klaviyo.streams.stream_run import StreamRun


class Collection(KlaviyoStream, abstract=True):
    """A listing that is read whole once, and then by what changed.

    Klaviyo does not report deletions: the record of a deleted item stays in the warehouse.
    """

    primary_keys = ("account_id", "id")
    replication_key = "updated"
    incremental = Incremental(greater_than, overlap=timedelta(days=7))


class Lists(Collection):
    """One record per list."""

    name = "lists"
    has_tags = True
    endpoint = Endpoint("lists", burst=75, steady=750, page_size=10, scope="lists:read")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the list.", required=True),
        column("name", "Name of the list."),
        column("opt_in_process", "`double_opt_in` or `single_opt_in`."),
        TAG_IDS,
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Segments(Collection):
    """One record per segment, inactive ones too."""

    name = "segments"
    has_tags = True
    endpoint = Endpoint("segments", burst=75, steady=750, page_size=10, scope="segments:read")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the segment.", required=True),
        column("name", "Name of the segment."),
        column("definition", "The conditions its members meet.", th.ObjectType()),
        column("is_active", "Whether its membership is kept up to date.", th.BooleanType),
        column("is_processing", "Whether it is being counted.", th.BooleanType),
        column("is_starred", "Whether a user starred it.", th.BooleanType),
        TAG_IDS,
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Forms(Collection):
    """One record per sign-up form."""

    name = "forms"
    replication_key = "updated_at"
    endpoint = Endpoint("forms", burst=3, steady=60, page_size=100, scope="forms:read")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the form.", required=True),
        column("name", "Name of the form."),
        column("status", "`live` or `draft`; a live form that is being edited is `live`."),
        column("ab_test", "Whether two versions are tested against each other.", th.BooleanType),
        column("created_at", "When it was created, UTC.", th.DateTimeType),
        column("updated_at", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Templates(Collection):
    """One record per email template; bulky, so not read unless selected."""

    name = "templates"
    selected_by_default = False
    endpoint = Endpoint("templates", burst=75, steady=750, page_size=10, scope="templates:read")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the template.", required=True),
        column("name", "Name of the template."),
        column("editor_type", "`SYSTEM_DRAGGABLE`, `SIMPLE`, `CODE` or `USER_DRAGGABLE`."),
        column("html", "The rendered HTML."),
        column("text", "The plain text."),
        column("amp", "The AMP version, if the account has AMP."),
        column("created", "When it was created, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Tags(KlaviyoStream):
    """One record per tag, with the group it belongs to; read whole, there is no time filter."""

    name = "tags"
    endpoint = Endpoint("tags", burst=3, steady=60, page_size=50, scope="tags:read")
    params: t.ClassVar = {"include": "tag-group"}
    primary_keys = ("account_id", "id")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the tag.", required=True),
        column("name", "Name of the tag."),
        column("tag_group_id", "The group it belongs to."),
        column("tag_group_name", "Name of that group."),
    ).to_dict()

    def read(self, run: StreamRun) -> Iterator[Item]:
        """Yield the tags of each page, with their groups from the same page."""
        for page in run.pages(self.endpoint, self.params):
            subject = Subject("tag groups", self.endpoint.path)
            groups = dict(run.convert(page.get("included"), _group, subject))
            convert = partial(self._with_group, run, groups)
            yield Records(self.name, run.convert(data_of(page), convert))

    def _with_group(self, run: StreamRun, groups: dict[str, Record], item: Resource) -> Record:
        group_id = related_id(item, "tag-group")
        return {
            **self.record(run, item),
            "tag_group_id": group_id,
            "tag_group_name": groups.get(group_id or "", {}).get("name"),
        }


def _group(item: Resource) -> tuple[str, Record]:
    return item["id"], item["attributes"]

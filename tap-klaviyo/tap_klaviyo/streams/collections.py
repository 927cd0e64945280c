"""What a brand has filed in its account: lists, segments, forms, templates and tags."""

from __future__ import annotations

import typing as t
from datetime import timedelta
from functools import partial

from singer_sdk import typing as th

from tap_klaviyo.client.filters import greater_than
from tap_klaviyo.client.jsonapi import data_of, record_of, related_id
from tap_klaviyo.client.rate_limits import Limit
from tap_klaviyo.run.isolation import each
from tap_klaviyo.streams.base import Checkpoint, KlaviyoStream, Records
from tap_klaviyo.streams.columns import ACCOUNT_ID, column

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_klaviyo.account import Account
    from tap_klaviyo.client.jsonapi import Resource
    from tap_klaviyo.streams.base import Item, Record

TAGS = Limit("tags", burst=3, steady=60)

OVERLAP = timedelta(days=7)
"""What was changed in this span before the bookmark is read again."""


class Library(KlaviyoStream):
    """A collection that is read whole once and then by what was changed.

    Klaviyo does not say what was deleted: such a record stays in the warehouse.

    Attributes:
        limit: The endpoint's rate limit; the endpoint has the stream's name.
        page_size: The most records Klaviyo puts into an answer.
    """

    primary_keys = ("account_id", "id")
    replication_key = "updated"
    limit: Limit
    page_size: int

    def read(self, account: Account) -> Iterator[Item]:
        """Everything on the first run, then what was changed since the bookmark."""
        tally = account.tallies[self.name]
        params = {"page[size]": str(self.page_size)}
        if self.bookmark(account) is not None and not self.left_out(account):
            since = self.since(account, OVERLAP)
            params["filter"] = greater_than(str(self.replication_key), since)
        for page in account.pages(self.name, self.limit, self.name, params):
            convert = partial(record_of, account.id, schema=self.schema)
            yield Records(self.name, each(tally, self.name, self.name, data_of(page), convert))
        yield Checkpoint(self._tap.until, {"left_out": sorted(tally.again)})


class Lists(Library):
    """One record per list."""

    name = "lists"
    limit = Limit("lists", burst=75, steady=750)
    page_size = 10
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the list.", required=True),
        column("name", "Name of the list."),
        column("opt_in_process", "`double_opt_in` or `single_opt_in`."),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Segments(Library):
    """One record per segment, inactive ones too."""

    name = "segments"
    limit = Limit("segments", burst=75, steady=750)
    page_size = 10
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the segment.", required=True),
        column("name", "Name of the segment."),
        column("definition", "The conditions its members meet.", th.ObjectType()),
        column("is_active", "Whether its membership is kept up to date.", th.BooleanType),
        column("is_processing", "Whether it is being counted.", th.BooleanType),
        column("is_starred", "Whether somebody starred it.", th.BooleanType),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Forms(Library):
    """One record per sign-up form."""

    name = "forms"
    replication_key = "updated_at"
    limit = Limit("forms", burst=3, steady=60)
    page_size = 100
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the form.", required=True),
        column("name", "Name of the form."),
        column("status", "`live` or `draft`; live with a draft under way is `live`."),
        column("ab_test", "Whether two versions are tested against each other.", th.BooleanType),
        column("created_at", "When it was made, UTC.", th.DateTimeType),
        column("updated_at", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Templates(Library):
    """One record per e-mail template; bulky, so not read unless selected."""

    name = "templates"
    selected_by_default = False
    limit = Limit("templates", burst=75, steady=750)
    page_size = 10
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the template.", required=True),
        column("name", "Name of the template."),
        column("editor_type", "`SYSTEM_DRAGGABLE`, `SIMPLE`, `CODE` or `USER_DRAGGABLE`."),
        column("html", "The rendered HTML."),
        column("text", "The plain text."),
        column("amp", "The AMP version, if the account has AMP."),
        column("created", "When it was made, UTC.", th.DateTimeType),
        column("updated", "When it was last changed, UTC.", th.DateTimeType),
    ).to_dict()


class Tags(KlaviyoStream):
    """One record per tag, with the group it belongs to; read whole, there is no time filter."""

    name = "tags"
    primary_keys = ("account_id", "id")
    schema = th.PropertiesList(
        ACCOUNT_ID,
        column("id", "Klaviyo's id of the tag.", required=True),
        column("name", "Name of the tag."),
        column("tag_group_id", "The group it belongs to."),
        column("tag_group_name", "Name of that group."),
    ).to_dict()

    def read(self, account: Account) -> Iterator[Item]:
        """All tags of the account."""
        tally = account.tallies[self.name]
        params = {"include": "tag-group", "page[size]": "50"}
        for page in account.pages(self.name, TAGS, "tags", params):
            groups = dict(each(tally, "tag groups", "tags", page.get("included"), _group))
            convert = partial(_tag, account, groups)
            yield Records(self.name, each(tally, self.name, "tags", data_of(page), convert))


def _group(item: Resource) -> tuple[str, Record]:
    return item["id"], item["attributes"]


def _tag(account: Account, groups: dict[str, Record], item: Resource) -> Record:
    group_id = related_id(item, "tag-group")
    return {
        "account_id": account.id,
        "id": item["id"],
        "name": item["attributes"].get("name"),
        "tag_group_id": group_id,
        "tag_group_name": groups.get(group_id or "", {}).get("name"),
    }

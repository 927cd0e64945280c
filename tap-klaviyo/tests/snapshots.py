"""Writes what `test_catalog.py` holds the catalog against: `python tap-klaviyo/tests/snapshots.py`.

`klaviyo_attributes.json` is derived from the models of the official client `klaviyo-api`, which
Klaviyo generates from its own API description: the attributes of every resource the tap reads,
with their types, and the statistics of the reports. `catalog/` is what the tap discovers.
"""

import inspect
import json
import re
import types
import typing
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from tap_klaviyo.tap import TapKlaviyo

HERE = Path(__file__).parent
REVISION = "2026-10-15"  # the revision that klaviyo-api 25 is generated from
MODELS = {
    "accounts": "AccountResponseObjectResourceAttributes",
    "metrics": "MetricResponseObjectResourceAttributes",
    "mapped_metrics": "MappedMetricResponseObjectResourceAttributes",
    "events": "EventResponseObjectResourceAttributes",
    "campaigns": "OmniCampaignResponseObjectResourceAttributes",
    "campaign_messages": "MessageResponseObjectResourceAttributes",
    "campaign_audiences": "AudienceResponseObjectResourceAttributes",
    "campaign_variations": "VariationResponseObjectResourceAttributes",
    "flows": "FlowResponseObjectResourceAttributes",
    "flow_definitions": "FlowV2ResponseObjectResourceExtendedAttributes",
    "flow_messages": "FlowMessageEncodedResponseObjectResourceAttributes",
    "lists": "ListListResponseObjectResourceAttributes",
    "segments": "SegmentListResponseObjectResourceAttributes",
    "forms": "FormResponseObjectResourceAttributes",
    "tags": "TagResponseObjectResourceAttributes",
    "templates": "TemplateDndResponseObjectResourceExtendedAttributes",
    "profiles": "ProfileResponseObjectResourceExtendedAttributes",
    "billing_usage": "BillingUsageResponseObjectResourceAttributes",
}
# Resources of campaigns have all they say in their definition.
CAMPAIGNS = {name for stream, name in MODELS.items() if stream.startswith("campaign")}
REPORTS = {
    "campaign_values": "CampaignValuesRequestDTOResourceObjectAttributes",
    "flow_series": "FlowSeriesRequestDTOResourceObjectAttributes",
    "form_version_series": "FormSeriesRequestDTOResourceObjectAttributes",
    "segment_series": "SegmentSeriesRequestDTOResourceObjectAttributes",
}
KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", datetime: "date-time"}


def klaviyo_attributes() -> dict[str, Any]:
    """What Klaviyo documents, read off the installed client."""
    return {
        "made_by": "tap-klaviyo/tests/snapshots.py, from the models of klaviyo-api "
        f"{version('klaviyo-api')}, revision {REVISION}",
        "attributes": {stream: dict(_attributes(_model(name))) for stream, name in MODELS.items()},
        "statistics": {stream: _statistics(_model(name)) for stream, name in REPORTS.items()},
    }


def _model(name: str) -> Any:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return getattr(import_module(f"openapi_client.models.{words}"), name)


def _attributes(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name and type of each attribute; of those in a definition as `definition.name`."""
    for name, field in model.model_fields.items():
        kind = _inner(field.annotation)
        path = prefix + (field.alias or name)
        yield path, _type(kind)
        if path == "definition" and model.__name__ in CAMPAIGNS:
            yield from _attributes(kind, "definition.")


def _inner(annotation: Any) -> Any:
    """The type inside of Optional and Annotated; of a number either way, float."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _inner(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        kinds = [_inner(a) for a in typing.get_args(annotation) if a is not type(None)]
        return float if float in kinds else kinds[0]
    return annotation


def _type(kind: Any) -> str:
    if typing.get_origin(kind) is list:
        return "array"
    return KINDS.get(kind, "object")


def _statistics(model: type[BaseModel]) -> list[str]:
    """The allowed statistics, which the client knows only inside of a function."""
    source = inspect.getsource(model.statistics_validate_enum)
    return sorted(re.findall(r"'(\w+)'", source.partition("set([")[2].partition("])")[0]))


def catalog() -> dict[str, dict[str, Any]]:
    """What the tap discovers, stream by stream."""
    return {
        stream["tap_stream_id"]: {
            "key_properties": list(stream["key_properties"]),
            "replication_key": stream.get("replication_key"),
            "selected_by_default": _root(stream).get("selected-by-default", True),
            "properties": stream["schema"]["properties"],
        }
        for stream in TapKlaviyo(validate_config=False).catalog_dict["streams"]
    }


def _root(stream: dict[str, Any]) -> dict[str, Any]:
    return next(m["metadata"] for m in stream["metadata"] if not m["breadcrumb"])


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _write(HERE / "klaviyo_attributes.json", klaviyo_attributes())
    (HERE / "catalog").mkdir(exist_ok=True)
    for stream, entry in catalog().items():
        _write(HERE / "catalog" / f"{stream}.json", entry)

"""The reports: what their addresses allow; `report_request.py` has what their bodies allow."""

from __future__ import annotations

from sandbox.server.contract import REPORT, Endpoint


def _report(kind: str, scope: str, *, attributes: tuple[str, ...], is_paged: bool) -> Endpoint:
    return Endpoint(
        kind,
        f"/{kind}s",
        scope,
        REPORT,
        method="POST",
        fields={kind: attributes},
        page_cursor=is_paged,
    )


_VALUES = ("id", "results")
_SERIES = ("date_times", "id", "results")
REPORTS = (
    _report("campaign-values-report", "campaigns:read", attributes=_VALUES, is_paged=True),
    _report("flow-series-report", "flows:read", attributes=_SERIES, is_paged=True),
    _report("form-series-report", "forms:read", attributes=_SERIES, is_paged=False),
    _report("segment-series-report", "segments:read", attributes=_SERIES, is_paged=False),
)

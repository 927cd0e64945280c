"""Refusals in the shape Klaviyo gives them."""

from __future__ import annotations

import json
from uuid import uuid4


class ApiError(Exception):
    """A request that Klaviyo would refuse.

    Attributes:
        status: HTTP status.
        code: Machine-readable word.
        title: One line, the same for every error of that code.
        detail: What is wrong with this very request.
        source: `{"parameter": …}` for the query string, `{"pointer": …}` for the body.
        headers: Extra response headers.
    """

    def __init__(  # noqa: PLR0913 - the fields of an error object
        self,
        status: int,
        code: str,
        title: str,
        *,
        detail: str,
        source: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Describe the refusal."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.source = source or {}
        self.headers = headers or {}

    def body(self) -> bytes:
        """The JSON:API error document."""
        error = {
            "id": str(uuid4()),
            "status": self.status,
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
            "source": self.source,
            "links": {},
            "meta": {},
        }
        return json.dumps({"errors": [error]}).encode()


def bad_parameter(*, name: str, detail: str) -> ApiError:
    """400 for something in the query string."""
    return ApiError(400, "invalid", "Invalid input.", detail=detail, source={"parameter": name})


def bad_body(*, pointer: str, detail: str) -> ApiError:
    """400 for something in the request body; `pointer` is below /data/attributes/."""
    source = {"pointer": f"/data/attributes/{pointer}"}
    return ApiError(400, "invalid", "Invalid input.", detail=detail, source=source)


def bad_cursor() -> ApiError:
    """400 for a cursor of another account, endpoint or query, or no cursor at all."""
    detail = "Invalid cursor provided"
    return ApiError(400, "invalid", "Invalid input.", detail=detail, source={"pointer": "/data/"})


def not_found(*, kind: str, ident: str | None) -> ApiError:
    """404 for a resource that is not in this account."""
    detail = f"A {kind} with id {ident} does not exist."
    return ApiError(404, "not_found", "Not found.", detail=detail, source={"pointer": "/data/"})

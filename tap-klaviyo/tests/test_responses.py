"""What each response of Klaviyo leads to: the table of `responses.py`, row by row."""

import json

import pytest
import requests
from tap_klaviyo.client import errors
from tap_klaviyo.client.responses import Retry, classify

JSON = "application/vnd.api+json"
KEY = "pk_a_secret"


def answered(status: int, body: bytes = b"", **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body  # noqa: SLF001 - what an adapter does
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    response.request = requests.Request(
        "GET",
        "https://klaviyo.example/api/events?page[size]=5",
        headers={"Authorization": f"Klaviyo-API-Key {KEY}"},
    ).prepare()
    return response


def problem(detail: str, pointer: str | None = None) -> bytes:
    source = {"pointer": pointer} if pointer else {}
    return json.dumps({"errors": [{"detail": detail, "source": source}]}).encode()


def test_ok_is_read():
    assert classify(answered(200, b"{}")) is None


@pytest.mark.parametrize(
    ("response", "after"),
    [
        pytest.param(answered(429, Retry_After="17"), 17, id="429-with-retry-after"),
        pytest.param(answered(429, Retry_After="70000"), 70000, id="429-tomorrow"),
        pytest.param(answered(429), None, id="429-without-retry-after"),
        pytest.param(answered(429, Retry_After="soon"), None, id="429-with-rubbish"),
        pytest.param(answered(500), None, id="500"),
        pytest.param(answered(502), None, id="502"),
        pytest.param(answered(503, Retry_After="3"), 3, id="503-with-retry-after"),
        pytest.param(answered(504), None, id="504"),
        pytest.param(answered(524), None, id="524"),
        pytest.param(answered(403, b"<html>", Content_Type="text/html"), None, id="challenge-page"),
    ],
)
def test_passing_trouble_is_tried_again(response, after):
    verdict = classify(response)
    assert isinstance(verdict, Retry)
    assert verdict.after == after


@pytest.mark.parametrize(
    ("response", "error", "says"),
    [
        pytest.param(
            answered(400, problem("Invalid filter", "/filter"), Content_Type=JSON),
            errors.RequestRefused,
            "Invalid filter at /filter",
            id="400-with-pointer",
        ),
        pytest.param(
            answered(401, problem("Bad key"), Content_Type=JSON),
            errors.AccountFailed,
            "Create a private key",
            id="401",
        ),
        pytest.param(
            answered(403, problem("Missing scope"), Content_Type=JSON),
            errors.StreamSkipped,
            "missing read scope",
            id="403-scope",
        ),
        pytest.param(
            answered(404, problem("Gone"), Content_Type=JSON),
            errors.NotFound,
            "/api/events",
            id="404",
        ),
        pytest.param(
            answered(410, problem("Retired"), Content_Type=JSON),
            errors.RevisionRetired,
            "newer `revision`",
            id="410",
        ),
        pytest.param(answered(418), errors.StreamFailed, "418", id="anything-else"),
        pytest.param(answered(400, b"<html>"), errors.RequestRefused, "400", id="400-not-json"),
        pytest.param(answered(400, b'{"errors": 5}'), errors.RequestRefused, "400", id="400-odd"),
    ],
)
def test_lasting_trouble_says_what_to_do(response, error, says):
    with pytest.raises(error, match=says) as caught:
        classify(response)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 415, 418])
def test_every_error_says_what_happened_and_then_what_to_do(status):
    with pytest.raises(errors.KlaviyoError) as caught:
        classify(answered(status, problem("Not so"), Content_Type=JSON))
    happened, end, remedy = str(caught.value).partition("). ")
    assert f"{status}: Not so" in happened
    assert end
    assert remedy.endswith(".")

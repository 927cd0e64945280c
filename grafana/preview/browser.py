"""Chromium without a window, driven over its debugging pipe."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

Json = dict[str, Any]
_FLAGS = (
    "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--no-zygote", "--disable-dev-shm-usage", "--disable-background-networking",
    "--hide-scrollbars", "--force-color-profile=srgb", "--no-proxy-server", "about:blank",
)  # fmt: skip
_CHUNK = 1 << 16
_POLL = 0.1


class PageError(RuntimeError):
    """The browser or the page answered with an error, or not in time."""


class Browser:
    """One browser with one page; use it in a `with`.

    It speaks the DevTools protocol over file descriptors 3 and 4 of the browser, so there is no
    port that another user could reach.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder that holds `chromium` and the libraries it brings along."""
        self._folder = folder
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._last = 0
        self._unread = b""
        self._session = ""

    def __enter__(self) -> Self:
        """Start it."""
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        # The shell moves the pipes to the numbers that the browser expects.
        moved = 'exec 3<&"$0" 4>&"$1"; shift; exec "$@"'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", moved, str(theirs_in), str(theirs_out), self._program(), *_FLAGS,
             f"--user-data-dir={self._profile.name}"],
            pass_fds=(theirs_in, theirs_out), env=self._environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._call("Page.enable")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def size(self, width: int, height: int) -> None:
        """Give the page so many pixels."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=False)  # fmt: skip

    def open(self, url: str) -> None:
        """Go to an address; what is there loads meanwhile."""
        answer = self._call("Page.navigate", url=url)
        if "errorText" in answer:
            message = f"{url}: {answer['errorText']}"
            raise PageError(message)

    def ask(self, expression: str) -> Any:  # noqa: ANN401 (any JSON value)
        """Evaluate JavaScript in the page, waiting for a promise; its value as JSON."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True,
                            awaitPromise=True)  # fmt: skip
        if "exceptionDetails" in answer:
            raise PageError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def wait_for(self, condition: str, seconds: float = 20) -> None:
        """Wait until a JavaScript condition holds. PageError if it does not in time."""
        until = time.monotonic() + seconds
        while not self.ask(condition):
            if time.monotonic() > until:
                message = f"not so after {seconds} s: {condition}"
                raise PageError(message)
            time.sleep(_POLL)

    def click(self, element: str) -> None:
        """Click in the middle of an element, named by a JavaScript expression."""
        place = "(e => {const r = e.getBoundingClientRect();"
        place += " return [r.x + r.width / 2, r.y + r.height / 2]})"
        x, y = self.ask(f"{place}({element})")
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left",
                       clickCount=1)  # fmt: skip

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._call("Input.insertText", text=text)

    def picture(self) -> bytes:
        """What the page looks like, as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def pdf(self) -> bytes:
        """The page as it prints, in the size that its style sheet names."""
        printed = self._call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(printed["data"])

    def _program(self) -> str:
        return str(self._folder / "chromium")

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": self._profile.name,
            "LANG": "en_US.UTF-8",  # numbers and dates look the same on every machine
            "LC_ALL": "en_US.UTF-8",
            "LD_LIBRARY_PATH": str(self._folder / "lib"),
        }

    def _call(self, method: str, **parameters: Any) -> Json:  # noqa: ANN401 (the protocol's)
        self._last += 1
        request: Json = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            request["sessionId"] = self._session
        os.write(self._to, json.dumps(request).encode() + b"\0")
        while (answer := self._read()).get("id") != self._last:
            pass  # an event
        if "error" in answer:
            message = f"{method}: {answer['error']['message']}"
            raise PageError(message)
        result: Json = answer["result"]
        return result

    def _read(self) -> Json:
        while b"\0" not in self._unread:
            chunk = os.read(self._from, _CHUNK)
            if not chunk:
                message = "the browser has ended"
                raise PageError(message)
            self._unread += chunk
        message_, _, self._unread = self._unread.partition(b"\0")
        answer: Json = json.loads(message_)
        return answer

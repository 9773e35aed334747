"""A real Chromium, driven over the pipe of its DevTools protocol; needs no driver and no further package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

Json = dict[str, object]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# Chromium reads commands from descriptor 3 and answers on 4; ours have other numbers, or these two the other way round.
_START = """
import os, sys
pipes = [os.dup(int(number)) for number in sys.argv[1:3]]
for wanted, pipe in zip((3, 4), [os.dup(pipe) if pipe < 5 else pipe for pipe in pipes]):
    os.dup2(pipe, wanted)
    os.set_inheritable(wanted, True)
os.execvp(sys.argv[3], sys.argv[3:])
"""


def program() -> str | None:
    """Where Chromium is on this machine, None where it is missing."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """One running Chromium. Answers are read in order; events that arrive in between are kept."""

    def __init__(self, commands: BinaryIO, answers: BinaryIO) -> None:
        self._commands, self._answers = commands, answers
        self._count = 0
        self._rest = b""
        self.events: list[Json] = []

    def call(self, method: str, session: str = "", **arguments: object) -> Json:
        """Carry out one command of the protocol and return its result."""
        self._count += 1
        message: Json = {"id": self._count, "method": method, "params": arguments}
        if session:
            message["sessionId"] = session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        while (answer := self._next()).get("id") != self._count:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return cast("Json", answer["result"])

    def wait_for(self, event: str) -> Json:
        """The next event of this name; those already kept count."""
        for kept in self.events:
            if kept["method"] == event:
                self.events.remove(kept)
                return kept
        while (message := self._next())["method"] != event:
            self.events.append(message)
        return message

    def _next(self) -> Json:
        while b"\0" not in self._rest:
            read = os.read(self._answers.fileno(), 1 << 20)
            assert read, "Chromium ended early"
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        return cast("Json", json.loads(message))


class Page:
    """One open page."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def do(self, method: str, **arguments: object) -> Json:
        """A command of the protocol to this page."""
        return self._browser.call(method, self._session, **arguments)

    def ask(self, expression: str) -> object:
        """The value of an expression in the page; promises are awaited."""
        answer = self.do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return cast("Json", answer["result"]).get("value")

    def press(self, key: str) -> None:
        """Press and release a key as a person would: a character, or a named key such as Enter, Tab, or " "."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        code = {"Enter": 13, "Tab": 9, " ": 32}.get(key, 0)
        self.do("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
        self.do("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def picture(self, path: Path) -> None:
        """Save what is seen as PNG, the whole length of the page."""
        shot = self.do("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(b64decode(cast("str", shot["data"])))

    def print_pdf(self) -> bytes:
        """The page as it would be printed."""
        return b64decode(cast("str", self.do("Page.printToPDF", printBackground=True)["data"]))

    def requests(self) -> list[str]:
        """Addresses that the page asked for, in order."""
        sent = (event for event in self._browser.events if event["method"] == "Network.requestWillBeSent")
        return [cast("Json", cast("Json", event["params"])["request"])["url"] for event in sent]  # type: ignore[misc]  # JSON

    def complaints(self) -> list[str]:
        """What the browser logged: errors of scripts, refusals by the page's policy."""
        entries = (
            cast("Json", event["params"]) for event in self._browser.events if event["method"] == "Log.entryAdded"
        )
        texts = [str(cast("Json", entry["entry"])["text"]) for entry in entries]
        failed = [event for event in self._browser.events if event["method"] == "Runtime.exceptionThrown"]
        return texts + [json.dumps(event["params"]) for event in failed]


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A running Chromium with a profile of its own; ended when the block is left."""
    command = program()
    assert command, "Chromium is not installed"
    for_chromium, commands = os.pipe()
    answers, from_chromium = os.pipe()
    starter = [sys.executable, "-c", _START, str(for_chromium), str(from_chromium)]
    arguments = [*starter, command, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with (
        os.fdopen(commands, "wb") as to_browser,
        os.fdopen(answers, "rb", buffering=0) as from_browser,
        subprocess.Popen(arguments, pass_fds=(for_chromium, from_chromium), stderr=subprocess.DEVNULL) as process,
    ):
        os.close(for_chromium)
        os.close(from_chromium)
        try:
            browser = Browser(to_browser, cast("BinaryIO", from_browser))
            yield browser
            browser.call("Browser.close")
        finally:
            process.kill()


def open_page(
    browser: Browser, path: Path, *, width: int = 1280, height: int = 900, scheme: str = "light", scripts: str = "on"
) -> Page:
    """Load a file into a new page of that size and colour scheme, with scripts "on" or "off"; waits until it is loaded."""
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = cast("str", browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
    browser.events.clear()
    page = Page(browser, session)
    for domain in ("Page", "Network", "Log", "Runtime"):
        page.do(f"{domain}.enable")
    page.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
    page.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    page.do("Emulation.setScriptExecutionDisabled", value=scripts == "off")
    page.do("Page.navigate", url=path.as_uri())
    browser.wait_for("Page.loadEventFired")
    return page

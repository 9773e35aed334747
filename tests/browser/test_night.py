"""The page of a night, on a desk, on a telephone and on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from importer.errors import Exit
from importer.fleet.faces import night_page
from importer.fleet.values import Became, CompanyNight, FileNight, Night
from importer.money import Money
from importer.reports.labels import State
from importer.reports.rows import StateTotal, Sums
from tests.browser.chromium import Browser, Page, open_page

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
LONG = "Kontoauszug_" * 10 + ".csv"
TOTAL = StateTotal(State.LEFT, Sums(3, Money.of("1234567.89", "EUR"), Money.of("12.90", "EUR")))
FILES = (
    FileNight("bank.csv", Became.DONE, "done/2026-11-20/bank.csv", mapping="generic", lines=9),
    FileNight(LONG, Became.FAILED, f"failed/{LONG}", reason=f"{LONG}: no mapping recognises it. Is one right?"),
)
COMPANY = CompanyNight("cronus", Exit.FILE_REJECTED, FILES, totals=(TOTAL,), gaps=(f"No statement before {LONG}",))
NIGHT = night_page(Night("20261120-010000-abc", AT, AT, (COMPANY,), "Nothing has been posted."))

CUT_OFF = """
[...document.querySelectorAll("td, p, h1, h2")]
  .filter((box) => box.getBoundingClientRect().right > innerWidth || box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.textContent)
"""
BROKEN_UP = """
[...document.querySelectorAll("td")]
  .filter((cell) => cell.textContent === "bank.csv" && cell.getBoundingClientRect().height > 40)
  .length
"""


def show(browser: Browser, tmp_path: Path, text: str = NIGHT, *, width: int = 1280, scheme: str = "light") -> Page:
    path = tmp_path / "night.html"
    path.write_text(text, encoding="utf-8")
    return open_page(browser, path, width=width, scheme=scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_everything_of_a_night_is_seen_without_scrolling_sideways(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    shown = show(browser, tmp_path, width=width, scheme=scheme)
    assert (shown.ask("document.documentElement.scrollWidth"), shown.ask(CUT_OFF)) == (width, [])
    assert (shown.ask(BROKEN_UP), shown.complaints()) == (0, [])


def test_on_a_telephone_each_value_has_its_caption_beside_it(browser: Browser, tmp_path: Path) -> None:
    captions = """[...document.querySelectorAll("table:first-of-type td")].slice(0, 9)
      .map((cell) => getComputedStyle(cell, "::before").content.replaceAll('"', ""))"""
    wanted = ["Company", "Files done", "Failed", "Kept", "Certain", "Waiting", "Nothing to do", "Exit code", "Meaning"]
    assert show(browser, tmp_path, width=375).ask(captions) == wanted
    assert show(browser, tmp_path, width=1280).ask(captions) == ["none"] * 9


def test_on_paper_nothing_is_cut_off_and_the_ground_is_white(browser: Browser, tmp_path: Path) -> None:
    shown = show(browser, tmp_path, width=700, scheme="dark")
    shown.do("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert shown.ask(CUT_OFF) == []
    assert shown.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_states_have_the_names_that_every_other_report_gives_them(browser: Browser, tmp_path: Path) -> None:
    cells = (
        'document.querySelector("table:last-of-type") && [...document.querySelectorAll("td")].map((c) => c.textContent)'
    )
    assert "Left out" in str(show(browser, tmp_path).ask(cells))


def test_numbers_stand_below_their_captions(browser: Browser, tmp_path: Path) -> None:
    edges = """[...document.querySelectorAll("table")].map((table) => [...table.querySelectorAll("th")].map((caption, place) =>
      caption.className === table.querySelectorAll("td")[place].className).every(Boolean))"""
    assert show(browser, tmp_path).ask(edges) == [True, True, True]

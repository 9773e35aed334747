from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from importer.reports.page import page
from importer.reports.rows import plan_report
from tests.browser.chromium import Browser, Json, Page, open_page
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE, hostile

Show = Callable[..., Page]

VISIBLE = """
[...document.querySelectorAll("details.line")]
  .filter((line) => line.checkVisibility())
  .map((line) => line.querySelector(".who").textContent)
"""


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Show:
    def shown(text: str, **how: int | str) -> Page:
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        return open_page(browser, path, **how)  # type: ignore[arg-type]  # sizes are numbers, schemes are texts

    return shown


EVERY = page(plan_report(plans.every_kind()))


def search(text: str) -> str:
    return f"""new Promise((done) => {{
      find.value = {text!r};
      find.dispatchEvent(new Event("input"));
      setTimeout(() => done(document.getElementById("found").textContent), 300);
    }})"""


def test_nothing_is_asked_of_anybody_and_the_browser_has_nothing_to_complain(show: Show, tmp_path: Path) -> None:
    shown = show(EVERY)
    assert (shown.requests(), shown.complaints()) == ([(tmp_path / "page.html").as_uri()], [])


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_of_a_stranger_runs_or_loads(show: Show, tmp_path: Path, name: str) -> None:
    shown = show(page(plan_report(hostile(HOSTILE[name]))))
    assert (shown.requests(), shown.complaints()) == ([(tmp_path / "page.html").as_uri()], [])
    assert shown.ask("document.images.length + document.scripts.length + document.styleSheets.length") == 2


def test_the_policy_stops_what_would_slip_through(show: Show) -> None:
    slipped = '<img src="https://example.invalid/x"><script>window.slipped = 1</script>'
    shown = show(EVERY.replace("</main>", f"{slipped}</main>"))
    assert shown.ask("window.slipped") is None
    assert len([text for text in shown.complaints() if "Content Security Policy" in text]) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
@pytest.mark.parametrize("text", [EVERY, page(plan_report(hostile(HOSTILE["long"].replace(" ", ""))))])
def test_nothing_sticks_out_at_the_side(show: Show, text: str, width: int, scheme: str) -> None:
    shown = show(text, width=width, scheme=scheme)
    shown.ask('document.querySelectorAll("details").forEach((box) => { box.open = true; })')
    assert shown.ask("document.documentElement.scrollWidth") == width


def test_everything_can_be_read_without_scripts(show: Show) -> None:
    shown = show(EVERY, scripts="off")
    assert shown.ask('document.getElementById("tools").checkVisibility()') is False
    assert shown.ask(VISIBLE) == [
        "Tischlerei Weber",
        "Gärtnerei Grün OHG",
        "31.02.2026;Muster AG;100,00",
        "Müller & Töchter GmbH",
        "Kontor Nord KG",
        "Hotel Adler",
    ]


def test_a_line_opens_with_the_keyboard(show: Show) -> None:
    shown = show(EVERY, scripts="off")
    shown.ask('document.querySelector("#ready details.line summary").focus()')
    shown.press("Enter")
    assert shown.ask('document.querySelector("#ready details.line[open] mark").textContent') == "103001"


def test_every_control_is_reached_with_the_tab_key(show: Show) -> None:
    shown = show(EVERY)
    shown.ask('document.getElementById("find").focus()')
    reached = []
    for _ in range(9):
        shown.press("Tab")
        reached.append(
            shown.ask("document.activeElement.id || document.activeElement.value || document.activeElement.tagName")
        )
    assert reached == ["sort", "review", "rejected", "ready", "change", "imported", "left", "unfold", "SUMMARY"]


def test_the_slash_key_goes_to_the_search(show: Show) -> None:
    shown = show(EVERY)
    shown.press("/")
    assert shown.ask("document.activeElement.id + document.activeElement.value") == "find"


@pytest.mark.parametrize(
    ("words", "said", "visible"),
    [
        ("103003", "1 of 8 lines", ["Kontor Nord KG"]),
        ("WEBER", "1 of 8 lines", ["Tischlerei Weber"]),
        ("gärtnerei 103019", "1 of 8 lines", ["Gärtnerei Grün OHG"]),
        # A line that was folded away is found too.
        ("nordlicht", "1 of 8 lines", ["Nordlicht GmbH"]),
        ("nobody", "0 of 8 lines", []),
    ],
)
def test_searching_shows_the_lines_with_all_the_words(show: Show, words: str, said: str, visible: list[str]) -> None:
    shown = show(EVERY)
    assert shown.ask(search(words)) == said
    assert shown.ask(VISIBLE) == visible


def test_states_can_be_hidden(show: Show) -> None:
    shown = show(EVERY)
    shown.ask(
        'document.querySelectorAll("#tools [type=checkbox]").forEach((box) => box.value !== "ready" && box.click())'
    )
    assert shown.ask(VISIBLE) == ["Müller & Töchter GmbH", "Kontor Nord KG"]
    assert shown.ask('document.getElementById("found").textContent') == "2 of 8 lines"


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("amount", ["Kontor Nord KG", "Müller & Töchter GmbH"]),
        ("name", ["Kontor Nord KG", "Müller & Töchter GmbH"]),
        ("date", ["Müller & Töchter GmbH", "Kontor Nord KG"]),
        ("customer", ["Müller & Töchter GmbH", "Kontor Nord KG"]),
        ("", ["Müller & Töchter GmbH", "Kontor Nord KG"]),
    ],
)
def test_lines_can_be_sorted_within_their_state(show: Show, order: str, names: list[str]) -> None:
    shown = show(EVERY)
    shown.ask(f'sort.value = "{order}"; sort.dispatchEvent(new Event("change"))')
    assert shown.ask(f"({VISIBLE}).filter((name) => {names}.includes(name))") == names


def test_all_lines_open_and_close_at_once(show: Show) -> None:
    shown = show(EVERY)
    counted = 'document.querySelectorAll("details.line[open]").length'
    assert [shown.ask(counted), shown.ask(f"unfold.click(); {counted}"), shown.ask(f"unfold.click(); {counted}")] == [
        0,
        8,
        0,
    ]


def test_a_link_from_the_control_sums_opens_what_it_leads_to(show: Show) -> None:
    shown = show(EVERY)
    shown.ask("document.querySelector('a[href=\"#imported\"]').click(); new Promise((done) => setTimeout(done, 50))")
    assert shown.ask('document.getElementById("imported").open') is True


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(show: Show, scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text; large bold signs need 3 to 1."""
    shown = show(EVERY, scheme=scheme)
    shown.ask('document.querySelectorAll("details").forEach((box) => { box.open = true; })')
    assert shown.ask(CONTRAST) == []


CONTRAST = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (colour, over) => {
    canvas.fillStyle = over; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const css = (rgb) => `rgb(${rgb.join(",")})`;
  const ground = (element) => {
    const own = getComputedStyle(element).backgroundColor;
    return element.parentElement ? paint(own, css(ground(element.parentElement))) : paint(own, "white");
  };
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const low = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility()) continue;
    const under = ground(element), style = getComputedStyle(element);
    const [a, b] = [light(paint(style.color, css(under))), light(under)].sort((x, y) => y - x);
    const wanted = element.className.includes("sign") ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < wanted) low.add(`${element.tagName}.${element.className}`);
  }
  return [...low];
})()"""


FOCUS = """(() => {
  const missing = new Set();
  for (const element of document.querySelectorAll("a, summary, input, select, button")) {
    if (!element.checkVisibility()) continue;
    element.focus({ focusVisible: true });
    const style = getComputedStyle(element);
    if (document.activeElement === element && parseFloat(style.outlineWidth) < 2) missing.add(element.tagName);
  }
  return [...missing];
})()"""


def test_whatever_has_the_focus_shows_it(show: Show) -> None:
    assert show(EVERY).ask(FOCUS) == []


def test_whoever_hears_the_page_is_told_what_the_numbers_of_a_line_are(show: Show) -> None:
    shown = show(EVERY)
    # What is far below is not laid out, and then not read either, until somebody comes near it.
    seen = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    shown.ask(f'document.querySelector("#ready").scrollIntoView(); {seen}')
    shown.do("Accessibility.enable")
    document = shown.do("DOM.getDocument", depth=0)["root"]
    found = shown.do("DOM.querySelector", nodeId=cast("Json", document)["nodeId"], selector="#ready .line summary")
    nodes = shown.do("Accessibility.getPartialAXTree", nodeId=found["nodeId"], fetchRelatives=False)["nodes"]
    name = str(cast("Json", cast("list[Json]", nodes)[0]["name"])["value"])
    assert "Customer No. 10000 Müller & Töchter" in name
    assert "Applies-to Doc. No. 103001" in name


def test_a_printed_line_has_its_columns_beside_one_another(show: Show) -> None:
    shown = show(EVERY, width=720)
    shown.do("Emulation.setEmulatedMedia", media="print")
    tops = """[...document.querySelector("#ready .line summary").children].map((cell) => cell.getBoundingClientRect().top)"""
    assert len(set(cast("list[float]", shown.ask(tops)))) == 1


def test_on_paper_the_controls_are_gone_and_what_waits_is_printed_whole(show: Show) -> None:
    shown = show(EVERY)
    shown.do("Emulation.setEmulatedMedia", media="print")
    seen = 'document.querySelector("#{0} .open").checkVisibility({{contentVisibilityAuto: true}})'
    assert shown.ask('document.getElementById("tools").checkVisibility()') is False
    assert [shown.ask(seen.format(state)) for state in ("review", "rejected", "ready")] == [True, True, False]


@pytest.mark.bench
def test_ten_thousand_lines_appear_within_a_second_and_stay_usable(show: Show) -> None:
    shown = show(page(plan_report(plans.many(10_000))))
    paint = shown.ask('performance.getEntriesByName("first-contentful-paint")[0].startTime')
    assert isinstance(paint, int | float)
    assert paint < 1000
    assert shown.ask(search("209999")) == "1 of 10000 lines"
    sorting = """(() => {
      const start = performance.now();
      sort.value = "amount"; sort.dispatchEvent(new Event("change")); document.body.offsetHeight;
      return performance.now() - start;
    })()"""
    took = shown.ask(sorting)
    assert isinstance(took, int | float)
    assert took < 3000

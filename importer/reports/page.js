"use strict";
// The page is complete without this script; it adds searching, sorting and showing by state.
const tools = document.getElementById("tools");
const find = document.getElementById("find");
const sort = document.getElementById("sort");
const found = document.getElementById("found");
const unfold = document.getElementById("unfold");
const states = [...document.querySelectorAll("details.state")].map((box) => ({
  box,
  count: box.querySelector(".count"),
  pick: tools.querySelector(`input[value="${box.id}"]`),
  lines: [...box.querySelectorAll(":scope > details.line")].map((element) => ({ element, text: null })),
}));
const all = states.reduce((sum, state) => sum + state.lines.length, 0);

// Read only when first asked for: 10,000 lines have a lot of text.
const textOf = (line) => (line.text ??= line.element.textContent.toLowerCase());
const nameOf = (line) => line.element.querySelector(".who").textContent;
const compare = (left, right) => (left < right ? -1 : left > right ? 1 : 0);
const ORDERS = {
  date: (a, b) => compare(a.element.dataset.date, b.element.dataset.date),
  amount: (a, b) => Number(b.element.dataset.amount) - Number(a.element.dataset.amount),
  customer: (a, b) => compare(a.element.dataset.customer, b.element.dataset.customer),
  name: (a, b) => nameOf(a).localeCompare(nameOf(b)),
};

function show() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let seen = 0;
  for (const state of states) {
    let matching = 0;
    for (const line of state.lines) {
      const fits = words.every((word) => textOf(line).includes(word));
      line.element.hidden = !fits;
      matching += fits;
    }
    state.count.textContent = words.length ? `${matching} of ${state.lines.length}` : state.lines.length;
    state.box.hidden = !state.pick.checked || (words.length > 0 && matching === 0);
    if (words.length && matching) state.box.open = true;
    if (state.pick.checked) seen += matching;
  }
  found.textContent = seen === all ? `All ${all} lines` : `${seen} of ${all} lines`;
}

function arrange() {
  const order = ORDERS[sort.value];
  for (const state of states) {
    const lines = order ? [...state.lines].sort(order) : state.lines;
    // Moved while outside the page: inside it, every single move would be laid out.
    const mark = document.createComment("");
    state.box.replaceWith(mark);
    state.box.append(...lines.map((line) => line.element));
    mark.replaceWith(state.box);
  }
}

let waiting = 0;
find.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 120);
});
sort.addEventListener("change", arrange);
for (const state of states) state.pick.addEventListener("change", show);
unfold.addEventListener("click", () => {
  const open = unfold.getAttribute("aria-pressed") !== "true";
  unfold.setAttribute("aria-pressed", String(open));
  unfold.textContent = open ? "Close all" : "Open all";
  for (const state of states) for (const line of state.lines) if (!line.element.hidden) line.element.open = open;
});
tools.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) {
    event.preventDefault();
    find.focus();
  }
});
// A link from the control sums opens the state it leads to.
addEventListener("hashchange", () => {
  const state = states.find((each) => `#${each.box.id}` === location.hash);
  if (state) state.box.open = true;
});
tools.hidden = false;
show();

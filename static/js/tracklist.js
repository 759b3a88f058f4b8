// All tracks of a week: which are selected, and which is heard. All else are links and forms.

import { Player } from "./player.js";
import { announce } from "./site.js";

const PASSING = 8000;
const part = (id) => document.getElementById(id);
const boxes = () => [...document.querySelectorAll("#tracks [name=track]")];
const chosen = () => boxes().filter((box) => box.checked);

let anchor = ""; // the track that a range begins at
let withShift = false;

// What is selected stays so on the way to another page, filter or order, and is moved from there;
// all that a filter finds, as long as it is the same filter.
const KEPT = `clouder:selected:${location.pathname}`;
const elsewhere = new Set(); // selected, and not on this page

function allOfThis() {
  const asked = new URLSearchParams(location.search);
  for (const name of ["page", "sort"]) asked.delete(name);
  return `all ${asked}`;
}

function keep() {
  const one = [...elsewhere, ...chosen().map((box) => box.value)].join(",");
  sessionStorage.setItem(KEPT, part("all-found")?.checked ? allOfThis() : one);
  document.querySelector("#bulk [name=elsewhere]").value = [...elsewhere].join(",");
}

function selectAgain() {
  const kept = sessionStorage.getItem(KEPT) ?? "";
  const isAll = kept === allOfThis() && part("all-found") !== null;
  const ids = new Set(kept.startsWith("all ") ? [] : kept.split(",").filter(Boolean));
  if (part("all-found")) part("all-found").checked = isAll;
  for (const box of boxes()) box.checked = ids.delete(box.value) || isAll;
  elsewhere.clear();
  for (const id of ids) elsewhere.add(id);
  tell();
}

function tell() {
  const bar = part("bar");
  if (!part("chosen")) return;
  const all = boxes();
  const selected = all.filter((box) => box.checked).length;
  const everything = part("all-found");
  if (everything?.checked && selected < all.length) everything.checked = false;
  if (everything?.checked) elsewhere.clear();
  keep();
  const found = everything?.checked ? Number(everything.dataset.count) : selected + elsewhere.size;
  const shown = part("all-shown");
  shown.checked = selected > 0 && selected === all.length;
  shown.indeterminate = selected > 0 && selected < all.length;
  const others = elsewhere.size ? `, ${elsewhere.size.toLocaleString("en")} not on this page` : "";
  const words = found ? `${found.toLocaleString("en")} selected${others}.` : "Nothing selected.";
  part("chosen").textContent = words;
  bar.toggleAttribute("data-none", !found);
  return words;
}

/** Another selection is another decision. */
function renew() {
  for (const field of document.querySelectorAll("#bar [name=client_id]")) field.value = crypto.randomUUID();
  announce(tell());
}

function choose(box) {
  const all = boxes();
  const from = all.findIndex((one) => one.value === anchor);
  const to = all.indexOf(box);
  if (withShift && from >= 0) {
    for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
  }
  anchor = box.value;
}

function chooseAll(isChecked) {
  for (const box of boxes()) box.checked = isChecked;
}

document.addEventListener("pointerdown", (event) => { withShift = event.shiftKey; }, true);
document.addEventListener("keydown", (event) => { withShift = event.shiftKey; }, true);

document.addEventListener("change", ({ target }) => {
  if (target.matches("#tracks [name=track]")) choose(target);
  else if (target.matches("#all-shown, #all-found")) chooseAll(target.checked);
  else return;
  renew();
});

// The player stands outside what is swapped; the bar gives it room.
let heard = "";
const playing = () => heard && document.querySelector(`[data-listen="${heard}"]`);
const player = new Player(part("player"), { onreturn: () => playing()?.focus({ preventScroll: true }) });

function mark() {
  for (const button of document.querySelectorAll("[data-listen][data-playing]")) delete button.dataset.playing;
  const button = playing();
  if (button) button.dataset.playing = "";
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-listen]");
  if (!button) return;
  const { listen: id, uri, clip, beatport } = button.dataset;
  heard = id;
  part("player").hidden = false;
  player.show({ id, uri, clip, silence: "", beatport });
  mark();
});

new ResizeObserver(([player]) => {
  document.documentElement.style.setProperty("--under-bar", `${player.borderBoxSize[0].blockSize}px`);
}).observe(part("player"));

// Up and down walk along the boxes; with Shift they take the next one in.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches("#tracks [name=track]")) return;
  const all = boxes();
  const next = all[all.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (!event.shiftKey) return;
  next.checked = event.target.checked;
  anchor ||= event.target.value;
  renew();
});

// Between the boxes and the bar lie hundreds of links: Enter leads over them, Escape back.
document.addEventListener("keydown", (event) => {
  const isBox = event.target.matches("#tracks [name=track]");
  if (event.key === "Enter" && isBox && !part("bar").hasAttribute("data-none")) {
    event.preventDefault();
    document.querySelector(".bulk-places button").focus({ preventScroll: true });
  } else if (event.key === "Escape" && event.target.closest("#bulk")) {
    (chosen().at(-1) ?? boxes()[0])?.focus();
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("#clear")) {
    if (part("all-found")) part("all-found").checked = false;
    elsewhere.clear();
    chooseAll(false);
    renew();
    boxes()[0]?.focus({ preventScroll: true });
  }
  for (const open of document.querySelectorAll(".row-menu[open]")) {
    if (!open.contains(target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".row-menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// htmx knows only the buttons inside a form; those of the rows stand outside of theirs.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const button = detail.triggeringEvent?.submitter;
  if (button?.matches(".row-menu [form]")) detail.parameters[button.name] = button.value;
});

// What was selected stays so, until it was moved. The focus stays where it was.
let before = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "tracks") return;
  const rows = [...document.querySelectorAll("#tracks tbody tr")];
  const row = document.activeElement?.closest("#tracks tbody tr");
  const isMoved = event.detail.requestConfig?.elt.id === "bulk" && event.detail.xhr.status === 200;
  const track = row?.querySelector("[name=track]")?.value;
  if (isMoved) sessionStorage.removeItem(KEPT);
  before = { track, place: rows.indexOf(row) };
});

function returnFocus() {
  if (document.activeElement !== document.body) return;
  const all = boxes();
  const same = all.find((box) => box.value === before.track);
  const target = same ?? all[Math.min(before.place, all.length - 1)] ?? part("undo") ?? part("shown");
  target?.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (!before || !event.target.closest("#tracks")) return;
  selectAgain();
  returnFocus();
  mark();
  before = null;
});

// A message goes by itself, unless one is about to use it. Undo stays in the bar.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const notice = event.detail.target.querySelector?.("[data-passing]");
  if (!notice) return;
  announce(notice.querySelector("p").textContent);
  const pass = () => {
    if (notice.matches(":hover, :focus-within")) setTimeout(pass, PASSING / 4);
    else notice.remove();
  };
  setTimeout(pass, PASSING);
});

selectAgain();
document.addEventListener("htmx:historyRestore", selectAgain);
addEventListener("pageshow", (event) => { if (event.persisted) selectAgain(); });

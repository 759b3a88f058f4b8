// The review: hear a Silver track again, and file it anew. All else are forms that htmx sends.

import { listenToKeys, showKeys } from "./keys.js";
import { Player } from "./player.js";
import { announce } from "./site.js";

const part = (id) => document.getElementById(id);
const bank = part("refile"); // a closed week has none
let listened = null;

const player = new Player(part("player"), { onreturn: () => playing()?.focus({ preventScroll: true }) });

const playing = () => listened && document.querySelector(`[data-listen="${listened}"]`);

function listen(button) {
  const { listen: id, uri, clip, silence, beatport } = button.dataset;
  listened = id;
  part("player").hidden = false;
  player.show({ id, uri, clip, silence, beatport });
  draw();
}

function stop() {
  listened = null;
  player.rest();
  part("player").hidden = true;
  draw();
}

function draw() {
  for (const button of document.querySelectorAll("[data-listen][data-playing]")) delete button.dataset.playing;
  const button = playing();
  if (button) button.dataset.playing = "";
  if (bank) drawBank(button);
}

// What the bank is about: the tracks that are ticked, else the one that is heard.

const boxes = () => [...document.querySelectorAll(".pick-tick input")];
const ticked = () => boxes().filter((box) => box.checked);

function drawBank(button) {
  const count = ticked().length;
  const box = button?.closest(".pick").querySelector(".pick-tick input");
  if (count || button) bank.dataset.subject = "";
  else delete bank.dataset.subject;
  part("subject").textContent = count ? `${count} ticked` : (button?.dataset.title ?? "");
  for (const one of bank.querySelectorAll("[name=to], #promote-chosen")) one.disabled = !count && !box;
}

document.addEventListener("change", (event) => { if (event.target.closest(".pick-tick")) draw(); });
bank?.addEventListener("reset", () => setTimeout(stop)); // the boxes are empty only after it
bank?.addEventListener("click", (event) => {
  if (event.shiftKey && event.target.closest("[data-shift]")) part("at-once").checked = true;
}, true);

// Walking through the columns; what was decided makes room for the next.

const buttons = () => [...document.querySelectorAll("[data-listen]")];
let queue = []; // what comes after the track that is being filed

function step(by) {
  const all = buttons();
  const at = all.indexOf(playing());
  go(all[at < 0 ? 0 : at + by]);
}

function go(button) {
  if (!button) return;
  button.focus({ preventScroll: true });
  button.closest(".pick").scrollIntoView({ block: "nearest", inline: "nearest" });
  listen(button);
}

const after = (button) => {
  const all = buttons();
  return all.slice(all.indexOf(button) + 1).map((one) => one.dataset.listen);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-listen]");
  if (button) listen(button);
  if (event.target.closest("#step-back")) step(-1);
  if (event.target.closest("#step-forth")) step(1);
  if (event.target.closest("#help")) showKeys(part("keys-help"));
  for (const open of document.querySelectorAll(".pick-move[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector(".pick-move[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// One request at a time: what is pressed meanwhile comes after it, about the page as it is then.
// A track that was moved takes the focus with it; its old column gets it.
const isOurs = (event) => event.target.closest("#main"); // the bar asks by itself, too
let isBusy = false;
let pressed = [];
let column = null;
let sent = []; // the boxes that this request is about

document.addEventListener("click", (event) => {
  const button = event.target.closest("#main [hx-post] button:not([type=reset])");
  if (!button || !isBusy) return;
  event.preventDefault();
  event.stopPropagation();
  pressed.push({ button, shiftKey: event.shiftKey });
}, true);

function pressNext() {
  const { button, shiftKey } = pressed.shift() ?? {};
  const now = button?.id ? part(button.id) : button;
  now?.dispatchEvent(new MouseEvent("click", { shiftKey, bubbles: true, cancelable: true }));
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target !== bank || ticked().length || !listened) return;
  event.detail.parameters.track = listened;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isOurs(event)) return;
  const isBank = event.target === bank;
  isBusy = true;
  column = event.target.closest(".column")?.id;
  sent = isBank ? ticked().map((box) => box.id) : [];
  queue = isBank && playing() && !sent.length ? after(playing()) : [];
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isOurs(event)) return;
  if (event.target === bank) part("at-once").checked = false;
  if (event.detail.successful) return;
  isBusy = false;
  pressed = [];
});
let kept = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isOurs(event)) kept = ticked().map((box) => box.id).filter((id) => !sent.includes(id));
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!isOurs(event) || !isBusy) return; // it comes once for each part
  isBusy = false;
  for (const box of boxes()) if (kept.includes(box.id)) box.checked = true;
  const next = queue.map((id) => document.querySelector(`[data-listen="${id}"]`)).find(Boolean);
  if (next) go(next);
  draw();
  announce(part("sum").querySelector("p").textContent.trim());
  if (document.activeElement === document.body) {
    const heading = column && part(column)?.querySelector("h2");
    (heading ?? part("columns"))?.setAttribute("tabindex", "-1");
    (heading ?? part("columns"))?.focus({ preventScroll: true });
  }
  setTimeout(pressNext); // the other parts settle first
});

draw();
if (!document.body.classList.contains("keys-off")) listenToKeys();

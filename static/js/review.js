// The review: hear a Silver track again. Everything else are forms that htmx sends.

import { Player } from "./player.js";
import { announce } from "./site.js";

const part = (id) => document.getElementById(id);
let listened = null;

const player = new Player(part("player"), { onreturn: () => playing()?.focus({ preventScroll: true }) });

const playing = () => listened && document.querySelector(`[data-listen="${listened}"]`);

function listen(button) {
  const { listen: id, uri, clip, silence, beatport } = button.dataset;
  listened = id;
  part("player").hidden = false;
  player.show({ id, uri, clip, silence, beatport });
  mark();
}

function mark() {
  for (const button of document.querySelectorAll("[data-playing]")) delete button.dataset.playing;
  const button = playing();
  if (button) button.dataset.playing = "";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-listen]");
  if (button) listen(button);
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

// A track that was moved takes the focus with it; its old column gets it.
let column = null;
const isOurs = (event) => event.target.closest("#main"); // the bar asks by itself, too
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isOurs(event)) column = event.target.closest(".column")?.id;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!isOurs(event)) return;
  mark();
  announce(part("sum").querySelector("p").textContent.trim());
  if (document.activeElement !== document.body) return;
  const heading = column && part(column)?.querySelector("h2");
  (heading ?? part("columns"))?.setAttribute("tabindex", "-1");
  (heading ?? part("columns"))?.focus({ preventScroll: true });
});

// The page of the keys: what is pressed in a field is its key. Without this file one writes it.

import { keysOf } from "./keys.js";
import { announce } from "./site.js";

const LEFT_ALONE = ["Tab", "Enter", "Escape", "Shift"];
const EMPTYING = ["Backspace", "Delete"];

function set(field, key) {
  field.value = key;
  field.select();
  announce(`${field.labels[0].textContent}: ${key || "off"}`);
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-own-key]") || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || LEFT_ALONE.includes(event.key)) return;
  const pressed = keysOf(event);
  const key = EMPTYING.includes(event.key) ? "" : event.shiftKey ? pressed.at(-1) : pressed[0];
  if (key === undefined) return; // a phone's keyboard does not say; it writes
  event.preventDefault();
  set(event.target, key);
});
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-own-key]")) target.value = target.value.toUpperCase().slice(-1);
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-own-key]")) target.select();
});

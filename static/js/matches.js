// The match list: hear a candidate, and answer by key. Everything else are links and forms that htmx sends.

import { listenToKeys, showKeys } from "./keys.js";
import { Player } from "./player.js";
import { announce } from "./site.js";

const part = (id) => document.getElementById(id);
const player = new Player(part("player"), { onreturn: () => part("sides")?.focus({ preventScroll: true }) });

function listen(button) {
  const { listen: id, uri = "", clip = "", silence = "", beatport } = button.dataset;
  part("player").hidden = false;
  player.show({ id, uri, clip, silence, beatport });
  for (const other of document.querySelectorAll("[data-listen]")) other.toggleAttribute("data-playing", other === button);
}

function toNextSide() {
  const sides = [...document.querySelectorAll(".side")];
  const at = sides.findIndex((side) => side.contains(document.activeElement));
  const next = sides[(at + 1) % sides.length];
  next.querySelector("button, a").focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-listen]");
  if (button) listen(button);
  if (event.target.closest("#next-side")) toNextSide();
  if (event.target.closest("#help")) showKeys(part("keys-help"));
});

// `toggle` does not bubble.
document.addEventListener("toggle", ({ target }) => {
  if (target.id === "paste" && target.open) part("link").focus();
}, true);

// Another track is in sight: the sound of the one before ends.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "matching") return;
  player.rest();
  part("player").hidden = true;
  const heard = [...document.querySelectorAll("#matching .messages p, #latest, #matching h1, .side-ours .side-title, #link-error")];
  announce(heard.map((words) => words.textContent.trim()).join(" "));
  if (document.activeElement === document.body) (part("sides") ?? part("matching")).focus({ preventScroll: true });
});

// A second press while the first is on its way says nothing new.
document.addEventListener("htmx:beforeRequest", (event) => {
  const region = part("matching");
  if (!region.contains(event.target)) return;
  if (region.hasAttribute("aria-busy")) event.preventDefault();
  else region.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", () => part("matching").removeAttribute("aria-busy"));

if (!document.body.classList.contains("keys-off")) listenToKeys();

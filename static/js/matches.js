// The match list: hear a candidate, and answer by key. Everything else are plain forms.

import { listenToKeys, showKeys } from "./keys.js";
import { Player } from "./player.js";

const part = (id) => document.getElementById(id);
const sides = [...document.querySelectorAll(".side")];
const player = part("player") && new Player(part("player"), { onreturn: () => part("sides").focus({ preventScroll: true }) });

function listen(button) {
  const { listen: id, uri = "", clip = "", silence = "", beatport } = button.dataset;
  part("player").hidden = false;
  player.show({ id, uri, clip, silence, beatport });
  for (const other of document.querySelectorAll("[data-listen]")) other.toggleAttribute("data-playing", other === button);
}

function toNextSide() {
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
part("paste")?.addEventListener("toggle", ({ target }) => { if (target.open) part("link").focus(); });

if (!document.body.classList.contains("keys-off")) listenToKeys();

// The sorting desk: a decision shows the next card at once and is sent by itself.
// The forms of the page say what to send and where; without this file they send it themselves.

import { Cards } from "./cards.js";
import { Outbox, PATIENCE } from "./decisions.js";
import { listenToFinder } from "./finder.js";
import { listenToKeys, showKeys } from "./keys.js";
import { Ledger } from "./ledger.js";
import { Player } from "./player.js";
import { announce, toast } from "./site.js";

const part = (id) => document.getElementById(id);
const { user, desk, next } = part("stage").dataset;
const AGAIN = 2000;
const MANY = 6; // decisions on their way
const bank = part("bank");
const held = part("held");

const outbox = new Outbox(user, { told: tell, onchange: draw, onanswer: take });
const ledger = new Ledger(outbox, desk);
const cards = new Cards(ledger);
const player = new Player(part("player"), { onreturn: () => cards.current?.focus({ preventScroll: true }) });
let chosen = held.elements.selection.value; // what of the week is asked for, as an address has it
let settled = chosen; // and what is shown
let choosing = Promise.resolve();
let wantsForm = false;
let answers = 0; // how often the page was brought up to date, to know an old answer when it comes

/** What the page holds now, so that an answer brings only what is missing. */
function tell(entry) {
  const undelivered = ledger.undelivered();
  if (entry) {
    undelivered.delete(entry.track);
    entry.asked = chosen;
  }
  return { selection: chosen, at: cards.shown ?? "", held: [...cards.cards.keys()].join(","), undelivered: [...undelivered].join(",") };
}

function apply(html, adopt = () => cards.adopt()) {
  answers += 1;
  htmx.swap("#stage", html, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  adopt();
}

async function take(entry, html) {
  if (entry.desk !== desk) return draw();
  const isAsked = entry.asked === chosen; // else nobody wants to see any more what it brings
  keepFocus(() => {
    if (html && isAsked) apply(html);
    else answers += 1;
    if (html === "") confirm(entry);
    if (html && isAsked && entry.wantsCard) cards.show(cards.suggested);
    draw();
  });
  if (html === null || !isAsked || wantsMore()) await refill({ isOurTurn: true });
}

function confirm(entry) {
  ledger.confirm(entry);
  cards.confirm();
}

/** Few cards are left, or none and nothing that says why. First the server catches up, though. */
function wantsMore() {
  if (outbox.waiting.length >= MANY) return false;
  return cards.current ? cards.runsLow : part("message").hidden;
}

/** What had the focus may be gone or hidden after a change; then the card in sight has it. */
function keepFocus(change) {
  const before = document.activeElement;
  change();
  if (before === document.body || before.checkVisibility?.()) return;
  (cards.current ?? part("message")).focus({ preventScroll: true });
}

/** Asks for what the page does not know. Beside a decision under way the answer could be too old. */
async function refill({ isOurTurn = false } = {}) {
  const known = answers;
  const isCertain = () => known === answers && (isOurTurn || !outbox.waiting.length);
  const html = await post(next, tell());
  if (html === null && !cards.current) setTimeout(() => wantsMore() && refill(), AGAIN);
  if (html === null || !isCertain()) return;
  keepFocus(() => {
    apply(html);
    draw();
  });
}

/** Shows something else of the week, or in another order; from the card in sight on, if it may. */
function choose(selection, { redraws }) {
  if (selection === chosen) return;
  chosen = selection;
  wantsForm ||= redraws;
  choosing = choosing.then(() => chosen === selection && show(selection)); // the last one is remembered
}

async function show(selection) {
  let known, html;
  do { // once more if decisions were answered meanwhile
    known = answers;
    html = await post(part("everything").action, { ...tell(), ...(wantsForm && { redraw: "1" }) });
    if (chosen !== selection) return;
  } while (html !== null && known !== answers);
  if (html === null) {
    chosen = settled;
    toast("Clouder could not show that. Nothing was changed; try again.", { kind: "danger" });
    return;
  }
  settled = selection;
  wantsForm = false;
  history.replaceState(history.state, "", selection ? `?${selection}` : desk);
  keepFocus(() => {
    apply(html, () => cards.startAnew());
    draw();
  });
  const { textContent } = part("sifted").querySelector("p");
  announce(part("sifted").hidden ? `${ledger.left} left, all shown.` : `${textContent}.`);
}

async function post(url, fields) {
  const body = new URLSearchParams(fields);
  const headers = { "HX-Request": "true", "X-CSRFToken": part("everything").elements.csrfmiddlewaretoken.value };
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" }).catch(() => null);
  return response?.ok ? response.text() : null;
}

function draw() {
  ledger.draw();
  const message = part("message");
  if (cards.current) message.hidden = true;
  const isOver = !cards.current && !message.hidden;
  const isFinal = isOver && ["finished", "closed"].includes(message.dataset.state);
  part("wait").hidden = Boolean(cards.current) || isOver;
  part("player").hidden = isOver;
  document.querySelector(".next").hidden = isOver;
  document.querySelector(".golden-switch").hidden = isOver;
  part("keys").hidden = isFinal;
  part("keys").disabled = !cards.current;
  part("shelf").hidden = !isFinal;
  part("dock").dataset.state = isOver ? message.dataset.state : "sorting";
  drawCard(isOver);
}

function drawCard(isOver) {
  Object.entries(tell()).forEach(([name, value]) => { held.elements[name].value = value; });
  const card = cards.current;
  if (isOver) player.rest();
  if (!card) {
    if (isOver) part("now").textContent = "";
    return;
  }
  cards.drawPeeks();
  const { track: id, uri, say } = card.dataset;
  player.show({ ...card.dataset, id });
  part("wrong").disabled = !uri;
  bank.elements.track.value = id;
  part("now").textContent = `${ledger.left} left. Now: ${say}`;
}

/** The key of the bank that a button stands for: "Trash again" on a card is the key of Trash. */
const keyOf = (button) => bank.querySelector(`.key[name="to"][value="${button.name === "to" ? button.value : ""}"]`) ?? button;

function fly(button) {
  const card = cards.current;
  const key = keyOf(button);
  const url = button.getAttribute("formaction") ?? bank.getAttribute("action");
  const kind = button.name === "to" ? "move" : button.classList.contains("key-later") ? "later" : "wrong";
  const isGolden = kind === "move" && bank.elements.golden.checked && !key.classList.contains("key-trash");
  bank.elements.golden.checked = false;
  const track = card.dataset.track;
  const fields = { track, ...(kind === "move" && { to: button.value }), ...(isGolden && { golden: "1" }) };
  const title = card.querySelector(".card-title").textContent;
  const place = key.querySelector(".key-name").textContent.trim();
  const cap = key.querySelector(".cap")?.textContent ?? "";
  if (kind === "wrong") card.dataset.uri = "";
  else cards.decide();
  outbox.add({ desk, url, kind, fields, track, to: kind === "move" ? button.value : "", title, place, cap });
  say(kind === "wrong" ? `${title} waits in Matches.` : `${place}${isGolden ? ", Golden" : ""}.`);
}

function say(sentence) {
  const next = cards.current ? ` Next: ${cards.current.dataset.say}` : "";
  announce(`${sentence} ${ledger.left} left.${next}`);
}

function undo(move) {
  const decision = move ? ledger.find(move) : ledger.latest();
  if (!decision) return;
  keepFocus(() => {
    const wasHere = cards.bringBack(decision.track);
    if (!outbox.takeBack(decision.move)) sendUndo(decision, { wantsCard: !wasHere });
    draw();
  });
  say(`${decision.title} is not in ${decision.place} any more.`);
}

function sendUndo({ move, track, to, from, tracks, title }, { wantsCard }) {
  const url = part("undo").getAttribute("action");
  outbox.add({ desk, url, kind: "undo", fields: { move }, track, to, from, tracks, title, wantsCard });
}

async function walk(event, step) {
  event.preventDefault();
  if (!cards.step(step)) {
    await refill();
    if (!cards.step(step)) return;
  }
  draw();
  announce(cards.current.dataset.say);
  if (cards.runsLow) refill();
}

// Shift with a click or a key means "straight to Golden"; the switch says so before the form does.
for (const place of [bank, part("stage")]) {
  place.addEventListener("click", (event) => {
    if (event.shiftKey && event.target.closest("[name=to]")) bank.elements.golden.checked = true;
  }, true);
}
bank.addEventListener("submit", (event) => {
  event.preventDefault();
  if (cards.current) fly(event.submitter);
});
part("undo").addEventListener("submit", (event) => {
  event.preventDefault();
  undo(event.submitter?.value);
});
listenToFinder({ chosen: () => chosen, onchoose: choose });
part("back").addEventListener("click", (event) => walk(event, -1));
part("forth").addEventListener("click", (event) => walk(event, 1));
part("help").addEventListener("click", () => showKeys(part("keys-help")));
part("tray").addEventListener("click", (event) => {
  const { tray } = event.target.closest("[data-tray]")?.dataset ?? {};
  if (tray === "retry") outbox.retry();
  if (tray === "drop") for (const { id } of outbox.refused) undo(id);
});

// The poll of a week that still arrives. What was asked before a decision is not shown after it.
let askedAt = 0;
document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches(".poll")) askedAt = answers; });
document.addEventListener("htmx:beforeSwap", (event) => {
  const isOld = askedAt !== answers || outbox.waiting.length;
  if (event.detail.requestConfig?.elt.matches(".poll") && isOld) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (!event.detail.requestConfig.elt.matches(".poll")) return;
  cards.adopt();
  draw();
});
// Another tab may have decided meanwhile. A week that arrives tells by its poll, and starts when the DJ says so.
const catchUp = () => { if (part("message").dataset.state !== "arriving") refill(); };
addEventListener("pageshow", (event) => { if (event.persisted) catchUp(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) catchUp(); });

cards.adopt();
draw();
outbox.drain();
if (!document.body.classList.contains("keys-off")) listenToKeys();

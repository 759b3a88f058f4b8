// What the desk says about decisions: counts, scale, log, tray and the last one, as the server
// knows them, and on top of that what is still on its way.

const part = (id) => document.getElementById(id);
const { zone: timeZone } = part("stage").dataset; // the DJ's, as on all pages
const time = (at) => new Date(at).toLocaleTimeString([], { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const template = (id) => part(id).content.firstElementChild.cloneNode(true);
const say = (node, text) => { if (node && node.textContent !== text) node.textContent = text; };
const LOG_LENGTH = 12;
const count = (node, name, change) => { if (node) node.dataset[name] = Number(node.dataset[name]) + change; };
const isDecision = ({ kind }) => kind === "move" || kind === "later";

export class Ledger {
  constructor(outbox, desk) {
    Object.assign(this, { outbox, desk });
  }

  /** Without those that the server has, though its answer was lost. */
  get here() {
    const isSaved = ({ id }) => part("log").querySelector(`[data-move="${id}"]`) !== null;
    return this.outbox.entries.filter((entry) => entry.desk === this.desk && !isSaved(entry));
  }

  get onTheWay() {
    return this.here.filter((entry) => entry.state !== "refused");
  }

  /** Tracks decided about in this page that the server has not heard of. */
  undelivered() {
    const ids = new Set();
    for (const entry of this.onTheWay) {
      if (isDecision(entry)) ids.add(entry.track);
      if (entry.kind === "undo") ids.delete(entry.track);
    }
    return ids;
  }

  /** Tracks that an undo on its way brings back to Bronze. */
  returning() {
    return new Set(this.onTheWay.filter(({ kind }) => kind === "undo").map(({ track }) => track));
  }

  get undone() {
    return new Set(this.onTheWay.filter(({ kind }) => kind === "undo").map(({ fields }) => fields.move));
  }

  /** What undo reverts next: { move, track, to, from, tracks }. */
  latest() {
    return this.history().next().value ?? null;
  }

  find(move) {
    return [...this.history()].find((one) => one.move === move) ?? null;
  }

  *history() {
    const undone = this.undone;
    for (const entry of this.here.filter(isDecision).reverse()) {
      if (!undone.has(entry.id)) yield { ...entry, move: entry.id, from: "", tracks: 1 };
    }
    for (const row of part("log").querySelectorAll("[data-move]")) {
      if (undone.has(row.dataset.move)) continue;
      const { move, track, to, from, tracks } = row.dataset;
      const title = row.querySelector(".line-title").textContent;
      yield { move, track, to, from, title, tracks: Number(tracks), place: row.querySelector("b").textContent };
    }
  }

  changes() {
    const counts = new Map();
    let sorted = 0;
    const add = (playlist, tracks) => { if (playlist) counts.set(playlist, (counts.get(playlist) ?? 0) + tracks); };
    for (const { kind, to, from, tracks = 1 } of this.onTheWay) {
      if (kind === "move") { add(to, 1); sorted += 1; }
      if (kind !== "undo") continue;
      add(to, -tracks);
      add(from, tracks);
      if (to && !from) sorted -= tracks;
    }
    return { counts, sorted };
  }

  /** The server has filed a track out of Bronze and tells no more: the page knows what changed. */
  confirm(entry) {
    count(part(`count-${entry.to}`), "saved", 1); // a category put away since has none
    count(part("week"), "sorted", 1);
    count(part("sifted"), "selected", -1);
    const log = part("log");
    for (const empty of log.querySelectorAll(".log-empty")) empty.remove();
    log.prepend(this.savedRow(entry));
    while (log.children.length > LOG_LENGTH) log.lastElementChild.remove();
  }

  savedRow(entry) {
    const row = this.row(entry);
    Object.assign(row.dataset, { move: entry.id, to: entry.to, from: "", tracks: 1, track: entry.track });
    const when = row.querySelector("time");
    when.dateTime = new Date(entry.at).toISOString();
    say(when, time(entry.at));
    return row;
  }

  row(entry) {
    const row = template("undelivered-row");
    say(row.querySelector(".line-title"), entry.title);
    say(row.querySelector(".cap"), entry.cap);
    row.querySelector(".cap").hidden = !entry.cap;
    say(row.querySelector("b"), entry.place);
    row.querySelector(".log-golden").hidden = !entry.fields.golden;
    const undo = row.querySelector("button");
    undo.value = entry.id;
    undo.setAttribute("aria-label", `Undo ${entry.title}: ${entry.place}${entry.fields.golden ? ", Golden" : ""}`);
    return row;
  }

  draw() {
    const { counts, sorted } = this.changes();
    for (const output of document.querySelectorAll(".key-count[data-saved]")) {
      const playlist = output.id.replace("count-", "");
      say(output, String(Number(output.dataset.saved) + (counts.get(playlist) ?? 0)));
    }
    this.drawScale(sorted);
    this.drawLog();
    this.drawLast();
    this.drawTray();
  }

  drawScale(change) {
    const week = part("week");
    const total = Number(week.dataset.total);
    const sorted = Number(week.dataset.sorted) + change;
    this.left = total - sorted;
    week.querySelector("progress").value = sorted;
    say(week.querySelector(".week-count b"), String(sorted));
    say(week.querySelector("[data-left]"), String(this.left));
    const sifted = part("sifted");
    say(sifted.querySelector("[data-left]"), String(this.left));
    say(sifted.querySelector("[data-shown]"), String(Math.max(0, Number(sifted.dataset.selected) - change)));
    if (sorted) week.querySelector("[data-untouched]")?.replaceChildren("Under way");
    const title = document.title.replace(/\d+ left/, `${this.left} left`);
    if (title !== document.title) document.title = title;
  }

  drawLog() {
    const isLost = this.outbox.lostAt !== null || this.outbox.isSignedOut;
    const undone = this.undone;
    const rows = this.here.filter(({ kind }) => kind !== "undo").reverse().map((entry) => {
      const row = this.row(entry);
      const isKept = isLost || entry.state === "refused";
      row.dataset.state = isKept ? "kept" : "saving";
      say(row.querySelector("time"), undone.has(entry.id) ? "undoing" : isKept ? "not saved" : "saving");
      row.querySelector("button").hidden = undone.has(entry.id) || entry.kind === "wrong";
      return row;
    });
    if (rows.length || part("undelivered").hasChildNodes()) part("undelivered").replaceChildren(...rows);
    for (const row of part("log").querySelectorAll("[data-move]")) this.drawSaved(row, undone.has(row.dataset.move));
    for (const empty of part("log").querySelectorAll(".log-empty")) empty.hidden = rows.length > 0;
  }

  drawSaved(row, isUndone) {
    if (isUndone === (row.dataset.state === "undoing")) return;
    const when = row.querySelector("time");
    if (isUndone) row.dataset.state = "undoing";
    else delete row.dataset.state;
    say(when, isUndone ? "undoing" : time(when.dateTime));
    row.querySelector("button").hidden = isUndone;
  }

  drawLast() {
    const latest = this.latest();
    const box = part("last");
    box.hidden = !latest;
    part("undo-latest").disabled = !latest;
    part("undo-latest").value = latest?.move ?? "";
    for (const key of document.querySelectorAll(".key[name=to]")) {
      key.toggleAttribute("data-last", Boolean(latest) && key.value === latest.to);
    }
    if (!latest) return;
    const isKept = latest.key && (this.outbox.lostAt !== null || latest.state === "refused");
    say(box.querySelector("span"), `${latest.title} is in ${latest.place}${isKept ? ", not saved yet" : ""}.`);
    box.querySelector("button").value = latest.move;
  }

  drawTray() {
    const words = this.trouble();
    const tray = part("tray");
    if (!words) return tray.replaceChildren();
    if (!tray.firstElementChild) tray.append(template("tray-notice"));
    say(tray.querySelector("b"), words.head);
    say(tray.querySelector("p"), words.text);
    tray.querySelector("[data-tray=drop]").hidden = !words.canDrop;
    tray.querySelector("[data-tray=retry]").hidden = Boolean(words.login);
    const link = tray.querySelector("a");
    link.hidden = !words.canDrop && !words.login;
    say(link, words.login ? "Log in again" : "Load the desk again");
  }

  /** What went wrong, for the tray: { head, text, canDrop, login }, or null. */
  trouble() {
    const { waiting, refused, lostAt, isSignedOut, isHeldBack } = this.outbox;
    const decisions = (count) => (count === 1 ? "1 decision" : `${count} decisions`);
    if (isSignedOut) {
      return { head: `${decisions(waiting.length)} not saved yet`, text: "You are logged out. They are kept in this browser until you are back.", login: true };
    }
    if (refused.length) {
      return { head: `${decisions(refused.length)} refused`, text: refused.at(-1).refusal, canDrop: true };
    }
    if (isHeldBack && waiting.length) {
      return { head: `${decisions(waiting.length)} not saved yet`, text: "Clouder takes no more for a moment. They are kept here and in this browser, and go out by themselves; go on sorting." };
    }
    if (lostAt !== null && waiting.length) {
      return { head: `${decisions(waiting.length)} not saved yet`, text: `The desk has no connection since ${time(lostAt)}. They are kept here and in this browser; go on sorting.` };
    }
    return null;
  }
}

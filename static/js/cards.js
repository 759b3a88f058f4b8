// The cards in the page: the one in sight, the next ones, and those just decided, for undo.
// The server says their order; in between, the page takes cards out and puts them back by itself.

const REMEMBERED = 12;

const idsIn = (text) => text.split(",").filter(Boolean);

export class Cards {
  /** The ledger knows which cards were decided or brought back without the server knowing yet. */
  constructor(ledger) {
    this.ledger = ledger;
    this.stage = document.getElementById("stage");
    this.row = document.getElementById("peeks");
    this.cards = new Map();
    this.peeks = new Map();
    this.order = [];
    this.decided = []; // [{ id, place in the order }], the latest last
    this.left = 0; // of what is asked for, as the server counts
    this.shown = null;
    for (const peek of [...this.row.children]) this.peeks.set(peek.dataset.track, peek);
  }

  get current() {
    return this.cards.get(this.shown) ?? null;
  }

  /** Takes over what the last answer brought. */
  adopt() {
    const incoming = document.getElementById("incoming");
    const undelivered = this.ledger.undelivered();
    for (const card of [...incoming.children]) this.put(card);
    for (const peek of [...document.getElementById("incoming-peeks").children]) {
      this.peeks.set(peek.dataset.track, peek);
    }
    this.left = Number(incoming.dataset.selected);
    const order = idsIn(incoming.dataset.order);
    const { shown } = incoming.dataset; // none while a week arrives and was not started
    const isOpen = (id) => !undelivered.has(id);
    this.order = order.filter(isOpen);
    const next = order.slice(order.indexOf(shown)).find(isOpen); // none: another answer brings it
    this.suggested = shown ? (next ?? (this.isWhole ? this.order[0] : null)) : null;
    const isGone = !this.left && !this.ledger.returning().has(this.shown);
    if (isGone || undelivered.has(this.shown)) this.shown = null;
    if (this.shown && !this.order.includes(this.shown)) this.order.unshift(this.shown);
    this.show(this.shown ?? this.suggested);
    this.forgetOld();
  }

  /** Another selection: the answer says which card is in sight, too. */
  startAnew() {
    this.shown = null;
    this.adopt();
  }

  put(card) {
    const id = card.dataset.track;
    const old = this.cards.get(id);
    const hadFocus = old?.contains(document.activeElement);
    if (old) old.replaceWith(card);
    else this.stage.append(card);
    this.cards.set(id, card);
    card.hidden = id !== this.shown;
    if (hadFocus) card.focus({ preventScroll: true });
  }

  show(id) {
    const hadFocus = this.stage.contains(document.activeElement) && document.activeElement !== document.body;
    this.shown = this.cards.has(id) ? id : null;
    for (const [key, card] of this.cards) if (card.hidden === (key === this.shown)) card.hidden = key !== this.shown;
    if (hadFocus && this.current && !this.current.contains(document.activeElement)) {
      this.current.focus({ preventScroll: true });
    }
  }

  drawPeeks() {
    const next = this.shown ? this.after(this.shown).slice(0, 4) : [];
    const peeks = next.map((id) => this.peeks.get(id)).filter(Boolean);
    for (const old of [...this.row.children]) if (!peeks.includes(old)) old.remove();
    peeks.forEach((peek, place) => {
      peek.hidden = false;
      if (this.row.children[place] !== peek) this.row.insertBefore(peek, this.row.children[place] ?? null);
    });
  }

  /** The rest of the order after this card, and from its beginning when all that is asked for is here. */
  after(id) {
    const place = this.order.indexOf(id);
    const rest = this.order.slice(place + 1);
    return this.isWhole ? [...rest, ...this.order.slice(0, place)] : rest;
  }

  get isWhole() {
    return this.order.length >= this.left - this.ledger.undelivered().size;
  }

  /** A decision was made about the card in sight: the next one takes its place at once. */
  decide() {
    const id = this.shown;
    const [next] = this.after(id);
    const place = this.order.indexOf(id);
    this.order.splice(place, 1);
    this.decided.push({ id, place });
    this.show(next);
    return id;
  }

  /** Puts a card decided before in sight again; false when the page has it no more. */
  bringBack(id) {
    if (!this.cards.has(id)) return false;
    const known = this.decided.findLast((one) => one.id === id);
    this.decided = this.decided.filter((one) => one !== known);
    if (!this.order.includes(id)) this.order.splice(Math.min(known?.place ?? 0, this.order.length), 0, id);
    this.show(id);
    return true;
  }

  /** Walks without deciding. False when the page does not hold that card. */
  step(by) {
    if (!this.shown) return false;
    const around = by > 0 ? this.after(this.shown) : this.before(this.shown).reverse();
    if (!around.length) return false;
    this.show(around[0]);
    return true;
  }

  before(id) {
    const place = this.order.indexOf(id);
    const front = this.order.slice(0, place);
    return this.isWhole ? [...this.order.slice(place + 1), ...front] : front;
  }

  /** Whether more cards should be asked for: few are left in either direction. */
  get runsLow() {
    if (!this.shown || this.isWhole) return false;
    return this.after(this.shown).length < 4 || !this.before(this.shown).length;
  }

  /** The server has taken a decision about one of the cards that are asked for. */
  confirm() {
    this.left -= 1;
  }

  forgetOld() {
    this.decided = this.decided.slice(-REMEMBERED);
    const kept = new Set([...this.order, this.shown, ...this.decided.map(({ id }) => id)]);
    for (const id of [...this.cards.keys()]) {
      if (kept.has(id)) continue;
      this.cards.get(id).remove();
      this.cards.delete(id);
      this.peeks.delete(id);
    }
  }
}

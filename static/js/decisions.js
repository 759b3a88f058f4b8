// Decisions that the server has not confirmed. They are kept in the browser, one item each, so that
// tabs do not overwrite one another, and are sent in order, one at a time.

const PAUSES = [500, 1000, 2000, 4000, 8000, 15000];
export const PATIENCE = 20000;

const csrfToken = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]*)/)?.[1] ?? "";
const isTransient = (status) => status >= 500 || status === 408;
const patienceAsked = (response) => 1000 * (Number(response.headers.get("Retry-After")) || 1);

function exclusively(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

export class Outbox {
  /**
   * `told()` gives what the page holds, sent along with each decision.
   * `onchange()` hears of every change, `onanswer(entry, html)` of every confirmation, and the next
   * decision waits until it is through. The html is empty where the page knows what has changed;
   * without html another tab has sent it.
   */
  constructor(user, { told, onchange, onanswer }) {
    this.prefix = `clouder:decision:${user}:`;
    Object.assign(this, { told, onchange, onanswer });
    this.entries = this.recall();
    this.lostAt = null;
    this.isSignedOut = false;
    this.isHeldBack = false;
    this.failures = 0;
    this.count = 0;
    this.leftAt = -Infinity;
    addEventListener("online", () => this.hurry());
    addEventListener("beforeunload", () => { this.leftAt = performance.now(); });
  }

  recall() {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix))
      .sort()
      .map((key) => ({ ...JSON.parse(localStorage.getItem(key)), key, state: "waiting", wasTried: true }));
  }

  /** Keeps a decision and sends it as soon as those before it are through. */
  add(decision) {
    const id = crypto.randomUUID();
    const order = [Date.now(), this.count++].map((part) => String(part).padStart(15, "0"));
    const entry = { ...decision, id, key: this.prefix + [...order, id].join("-"), at: Date.now(), state: "waiting" };
    this.store(entry);
    this.entries.push(entry);
    this.drain();
    this.onchange();
    return entry;
  }

  store({ state, wasTried, ...kept }) {
    try {
      localStorage.setItem(kept.key, JSON.stringify(kept));
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error; // full: a reload would lose this one
    }
  }

  find(id) {
    return this.entries.find((entry) => entry.id === id);
  }

  get waiting() {
    return this.entries.filter((entry) => entry.state !== "refused");
  }

  get refused() {
    return this.entries.filter((entry) => entry.state === "refused");
  }

  remove(entry) {
    localStorage.removeItem(entry.key);
    this.drop(entry);
  }

  drop(entry) {
    this.entries = this.entries.filter((one) => one !== entry);
  }

  /** What is saved while another page is on its way may be unknown to that one: it sends it again. */
  settle(entry) {
    if (performance.now() - this.leftAt < PATIENCE) this.drop(entry);
    else this.remove(entry);
  }

  /** True when the decision has certainly not reached the server and is forgotten. */
  takeBack(id) {
    const entry = this.find(id);
    if (!entry || (entry.state !== "refused" && (entry.state === "sending" || entry.wasTried))) return false;
    this.remove(entry);
    this.onchange();
    return true;
  }

  retry() {
    for (const entry of this.refused) entry.state = "waiting";
    this.isSignedOut = false;
    this.hurry();
    this.onchange();
  }

  hurry() {
    this.failures = 0;
    this.wake?.();
    this.drain();
  }

  async drain() {
    if (this.isDraining || this.isSignedOut || !this.waiting.length) return;
    this.isDraining = true;
    await exclusively(`${this.prefix}sending`, async () => {
      while (this.waiting.length && !this.isSignedOut) await this.sendFirst();
    });
    this.isDraining = false;
    this.drain();
  }

  async sendFirst() {
    const [entry] = this.waiting;
    if (localStorage.getItem(entry.key) === null && entry.wasTried) return this.forget(entry);
    entry.state = "sending";
    const outcome = await this.deliver(entry);
    entry.wasTried = true;
    entry.state = outcome.refusal ? "refused" : "waiting";
    entry.refusal = outcome.refusal;
    if (outcome.isSignedOut) this.isSignedOut = true;
    this.isHeldBack = outcome.wait !== undefined;
    if (outcome.html !== undefined || outcome.refusal || this.isHeldBack) this.found();
    if (outcome.html !== undefined) this.settle(entry);
    if (outcome.isLost) this.lostAt ??= Date.now();
    if (outcome.html === undefined) this.onchange();
    else await this.onanswer(entry, outcome.html);
    if (outcome.isLost) await this.pause();
    if (this.isHeldBack) await this.pause(outcome.wait);
  }

  forget(entry) {
    this.remove(entry);
    return this.onanswer(entry, null);
  }

  found() {
    this.lostAt = null;
    this.failures = 0;
  }

  async deliver(entry, { isSecondTry = false } = {}) {
    try {
      const response = await this.post(entry);
      if (response.type === "opaqueredirect" || response.status === 401) return { isSignedOut: true };
      if (response.ok) return { html: await response.text() };
      if (response.status === 429) return { wait: patienceAsked(response) };
      if (isTransient(response.status)) return { isLost: true };
      if (response.status === 403 && !isSecondTry) {
        await fetch(entry.desk); // brings a fresh CSRF cookie
        return await this.deliver(entry, { isSecondTry: true });
      }
      const sentence = response.headers.get("X-Sentence");
      return { refusal: sentence ? decodeURIComponent(sentence) : `The desk was refused (${response.status}).` };
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return { isLost: true };
      throw error;
    }
  }

  post(entry) {
    return fetch(entry.url, {
      method: "POST",
      headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ ...entry.fields, ...this.told(entry), client_id: entry.id }),
      redirect: "manual",
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  pause(asked) {
    const length = asked ?? PAUSES[Math.min(this.failures++, PAUSES.length - 1)];
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, length);
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}

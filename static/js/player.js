// The one player of a page. Engines make the sound; at most one of them at a time.
// An engine: takes(track), load(track, { at, plays }), play(), pause(), seek(fraction), unload(),
// and it calls onprogress({ position, duration, isPlaying }), onblocked() and onfailed(sentence).

import { ClipEngine } from "./engine_clip.js";
import { EmbedEngine } from "./engine_embed.js";

const BURST = 600;
const FOCUS_AFTER = 200; // a click in the frame is over by then

const part = (id) => document.getElementById(id);

function clock(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export class Player {
  /** `onreturn()` gives the keyboard focus back after a click into Spotify's frame. */
  constructor(root, { onreturn }) {
    this.root = root;
    this.startAt = Number(root.dataset.startAt) / 100;
    this.playsByItself = root.dataset.autoplay === "yes";
    this.engines = [new EmbedEngine(part("embed"), root.dataset.embedApi), new ClipEngine(part("clip"))];
    for (const engine of this.engines) {
      const ifCurrent = (answer) => (...told) => { if (engine === this.engine && this.isLoaded) answer(...told); };
      engine.onprogress = ifCurrent((state) => this.draw(state));
      engine.onblocked = ifCurrent(() => this.offerStart());
      engine.onfailed = ifCurrent((sentence) => this.goSilent(sentence));
    }
    this.listen();
    this.watchFocus(onreturn);
  }

  /** The sound of this track, or silence: { id, uri, clip, silence, standing, beatport }. */
  show(track) {
    const source = `${track.uri}|${track.clip}`;
    if (this.track?.id === track.id && this.source === source) return;
    const isBurst = performance.now() - (this.shownAt ?? -BURST) < BURST;
    this.shownAt = performance.now();
    this.track = track;
    this.source = source;
    this.quieten();
    const engine = this.engineFor(track);
    if (!engine) return this.goSilent(track.silence);
    this.face(engine);
    if (isBurst) this.timer = setTimeout(() => this.load(engine), BURST);
    else this.load(engine);
  }

  engineFor(track) {
    return this.engines.find((one) => one.takes(track)) ?? null;
  }

  // From here on no engine holds the track in sight, until one has loaded it.
  quieten() {
    clearTimeout(this.timer);
    this.engine?.pause();
    this.isLoaded = false;
    this.draw({ position: 0, duration: 0, isPlaying: false });
  }

  load(engine, { plays = this.playsByItself } = {}) {
    clearTimeout(this.timer);
    if (this.engine && this.engine !== engine) this.engine.unload();
    this.engine = engine;
    this.isLoaded = true;
    const mayPlay = navigator.userActivation?.hasBeenActive ?? true;
    if (plays && !mayPlay) this.offerStart();
    engine.load(this.track, { at: this.startAt, plays: plays && mayPlay });
  }

  rest() {
    this.quieten();
    this.engine?.unload();
    this.engine = null;
    this.track = null;
  }

  goSilent(sentence) {
    this.quieten();
    this.engine?.unload();
    this.engine = null;
    part("silence").textContent = sentence;
    part("silent-link").href = this.track.beatport;
    this.face(null);
  }

  face(engine) {
    part("player-sound").hidden = !engine;
    part("player-silence").hidden = Boolean(engine);
    this.root.classList.toggle("player-silent", !engine);
    part("clip-note").hidden = !(engine instanceof ClipEngine);
    part("standing").textContent = this.track.standing ?? "";
    part("embed").hidden = !(engine instanceof EmbedEngine);
    this.hideStart();
  }

  offerStart() {
    part("start-listening").hidden = false;
    this.root.dataset.waits = "";
  }

  hideStart() {
    part("start-listening").hidden = true;
    delete this.root.dataset.waits;
  }

  draw({ position, duration, isPlaying }) {
    this.state = { position, duration, isPlaying };
    if (isPlaying) this.hideStart();
    this.root.toggleAttribute("data-playing", isPlaying);
    part("play").setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    part("position").textContent = clock(position);
    if (duration) part("duration").textContent = clock(duration);
    const needle = part("needle");
    if (!this.isDragging) needle.value = duration ? (1000 * position) / duration : 0;
    needle.setAttribute("aria-valuetext", duration ? `${clock(position)} of ${clock(duration)}` : "Not loaded");
  }

  toggle() {
    if (this.state.isPlaying) this.engine.pause();
    else this.start();
  }

  start() {
    const engine = this.track && this.engineFor(this.track);
    if (!engine) return;
    this.hideStart();
    if (this.isLoaded) engine.play();
    else this.load(engine, { plays: true });
  }

  jump(fraction) {
    if (!this.isLoaded) return;
    this.engine.seek(Math.min(Math.max(fraction, 0), 0.999));
    if (!this.state.isPlaying) this.start();
  }

  skip(seconds) {
    const { position, duration } = this.state;
    if (duration) this.jump((position + 1000 * seconds) / duration);
  }

  listen() {
    part("play").addEventListener("click", () => this.toggle());
    part("start-listening").addEventListener("click", () => this.start());
    const needle = part("needle");
    needle.addEventListener("input", () => { this.isDragging = true; });
    needle.addEventListener("change", () => {
      this.isDragging = false;
      this.jump(needle.value / 1000);
    });
    for (const button of this.root.querySelectorAll("[data-jump]")) {
      button.addEventListener("click", () => this.jump(button.dataset.jump / 100));
    }
    for (const button of this.root.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.skip(Number(button.dataset.step)));
    }
  }

  // A click into Spotify's frame takes the keys away; walking into it with Tab is meant.
  watchFocus(onreturn) {
    let tabbedAt = -Infinity;
    document.addEventListener("keydown", ({ key }) => { if (key === "Tab") tabbedAt = performance.now(); });
    window.addEventListener("blur", () => setTimeout(() => {
      const isMeant = performance.now() - tabbedAt < 2 * FOCUS_AFTER;
      if (isMeant || !part("embed").contains(document.activeElement)) return;
      window.focus();
      onreturn();
    }, FOCUS_AFTER));
  }
}

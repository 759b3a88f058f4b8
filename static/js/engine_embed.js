// Spotify's embedded player. One controller for the page; the next track is loaded into it.

const HEIGHT = 80;
const BLOCKED_AFTER = 3000;

let api;

function loadApi(url) {
  api ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    window.onSpotifyIframeApiReady = resolve;
    script.src = url;
    script.onerror = () => {
      script.remove(); // a script that failed is not asked for again while it stands
      api = undefined;
      reject(new Error("Spotify’s player cannot be reached."));
    };
    document.head.append(script);
  });
  return api;
}

export class EmbedEngine {
  constructor(place, url) {
    Object.assign(this, { place, url, controller: null });
  }

  takes(track) {
    return Boolean(track.uri);
  }

  async load(track, { at, plays }) {
    this.uri = track.uri;
    this.startAt = at;
    this.hasStarted = false;
    this.plays = plays;
    this.place.hidden = false;
    if (!this.controller) return this.connect();
    this.controller.loadUri(this.uri);
    if (plays) this.play();
  }

  async connect() {
    if (this.isConnecting) return;
    this.isConnecting = true;
    try {
      const iframes = await loadApi(this.url);
      const frame = document.createElement("div");
      this.place.replaceChildren(frame);
      const first = this.uri;
      iframes.createController(frame, { uri: first, width: "100%", height: HEIGHT }, (controller) => {
        this.controller = controller;
        controller.addListener("playback_update", ({ data }) => this.hear(data));
        if (this.uri !== first) controller.loadUri(this.uri);
        if (this.plays) this.play();
      });
    } catch (error) {
      this.onfailed(error.message);
    } finally {
      this.isConnecting = false;
    }
  }

  play() {
    this.plays = true;
    if (this.hasStarted) this.controller?.resume();
    else this.controller?.play();
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.onblocked(), BLOCKED_AFTER);
  }

  pause() {
    this.plays = false;
    clearTimeout(this.patience);
    this.controller?.pause();
  }

  seek(fraction) {
    this.startAt = 0;
    if (this.duration) this.controller?.seek((fraction * this.duration) / 1000);
  }

  unload() {
    this.pause();
    this.uri = null;
    this.place.hidden = true;
  }

  hear({ isPaused, position, duration, playingURI }) {
    if (!this.uri || (playingURI && playingURI !== this.uri)) return; // still about the track before
    this.duration = duration;
    if (!isPaused && !this.plays) return this.controller.pause();
    if (!isPaused) clearTimeout(this.patience);
    if (duration && !isPaused && !this.hasStarted) {
      this.hasStarted = true;
      if (this.startAt) this.controller.seek((this.startAt * duration) / 1000);
    }
    this.onprogress({ position, duration, isPlaying: !isPaused });
  }
}

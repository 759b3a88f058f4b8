// An audio file: Beatport's clip, where the installation allows it.

export class ClipEngine {
  constructor(audio) {
    this.audio = audio;
    for (const name of ["timeupdate", "play", "pause", "durationchange"]) {
      audio.addEventListener(name, () => this.tell());
    }
    audio.addEventListener("loadedmetadata", () => {
      if (this.startAt) this.seek(this.startAt);
    });
    audio.addEventListener("error", () => {
      if (audio.getAttribute("src")) this.onfailed("The clip from Beatport cannot be played.");
    });
  }

  takes(track) {
    return Boolean(track.clip);
  }

  load(track, { at, plays }) {
    this.startAt = at;
    this.audio.src = track.clip;
    if (plays) this.play();
  }

  async play() {
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") this.onblocked();
      else if (error.name !== "AbortError" && error.name !== "NotSupportedError") throw error;
    }
  }

  pause() {
    this.audio.pause();
  }

  seek(fraction) {
    if (this.audio.duration) this.audio.currentTime = fraction * this.audio.duration;
  }

  unload() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  tell() {
    const { currentTime, duration, paused } = this.audio;
    if (!this.audio.getAttribute("src")) return;
    this.onprogress({ position: currentTime * 1000, duration: (duration || 0) * 1000, isPlaying: !paused });
  }
}

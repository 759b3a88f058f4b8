"use strict";
// The stand-in for Spotify's iFrame API: the same names, the same events.
(() => {
  const base = new URL(document.currentScript.src).origin;

  class EmbedController {
    constructor(element, options) {
      this.listeners = new Map();
      this.options = { width: "100%", height: 352, ...options };
      this.iframeElement = document.createElement("iframe");
      this.iframeElement.allow = "autoplay; clipboard-write; encrypted-media; fullscreen";
      this.iframeElement.title = "Spotify embed (sandbox)";
      this.iframeElement.style.border = "0";
      this.setIframeDimensions(this.options.width, this.options.height);
      this.waiting = [];
      this.isReady = false;
      this.receive = (event) => {
        if (event.source === this.iframeElement.contentWindow) this.heard(event.data);
      };
      window.addEventListener("message", this.receive);
      this.show(this.options.uri);
      element.replaceWith(this.iframeElement);
    }

    setIframeDimensions(width, height) {
      this.iframeElement.width = width;
      this.iframeElement.height = height;
    }

    show(uri) {
      const [, kind, id] = String(uri).split(":");
      this.isReady = false;
      this.waiting = [];
      this.uri = uri;
      const address = `${base}/spotify/embed/${kind}/${id}`;
      // A new address by replace leaves no trace in the page's history.
      if (this.iframeElement.contentWindow) this.iframeElement.contentWindow.location.replace(address);
      else this.iframeElement.src = address;
    }

    heard(message) {
      if (!message || message.from !== "sandbox-embed") return;
      if (message.type === "ready") {
        this.isReady = true;
        for (const [command, argument] of this.waiting.splice(0)) this.send(command, argument);
      }
      for (const listener of this.listeners.get(message.type) || []) listener({ data: message.data });
    }

    send(command, argument) {
      if (!this.isReady) {
        this.waiting.push([command, argument]);
        return;
      }
      this.iframeElement.contentWindow.postMessage({ to: "sandbox-embed", command, argument }, base);
    }

    loadUri(uri, preferVideo, startAt) {
      this.show(uri);
      if (startAt) this.seek(startAt);
    }

    play() { this.send("play"); }
    playFromStart() { this.send("restart"); }
    restart() { this.send("restart"); }
    pause() { this.send("pause"); }
    resume() { this.send("resume"); }
    togglePlay() { this.send("toggle"); }
    seek(seconds) { this.send("seek", seconds); }

    addListener(type, listener) {
      if (!this.listeners.has(type)) this.listeners.set(type, new Set());
      this.listeners.get(type).add(listener);
      return () => this.removeListener(type, listener);
    }
    on(type, listener) { return this.addListener(type, listener); }
    removeListener(type, listener) {
      if (listener) this.listeners.get(type)?.delete(listener);
      else this.listeners.delete(type);
    }
    off(type, listener) { this.removeListener(type, listener); }

    destroy() {
      window.removeEventListener("message", this.receive);
      this.listeners.clear();
      this.iframeElement.remove();
    }
  }

  const api = {
    createController(element, options, callback) {
      const controller = new EmbedController(element, options || {});
      if (callback) callback(controller);
    },
  };
  window.SpotifyIframeApi = api;
  if (typeof window.onSpotifyIframeApiReady === "function") window.onSpotifyIframeApiReady(api);
})();

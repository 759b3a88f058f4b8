"use strict";
// The page inside the iframe: plays the track's loop and tells the page around it what happens.
// The loop stands for the whole track: positions run over the track's full duration.

const player = document.getElementById("player");
const sound = document.getElementById("sound");
const toggle = document.getElementById("toggle");
const bar = document.getElementById("position");
const clock = document.getElementById("clock");
const duration = Number(player.dataset.duration);
const playingURI = player.dataset.uri;

let before = 0; // ms of the track before the loop's present round
let isBuffering = true;

function position() {
  return Math.min(duration, before + sound.currentTime * 1000);
}

function tell(type, data) {
  window.parent.postMessage({ from: "sandbox-embed", type, data: data || {} }, "*");
}

function update() {
  const at = Math.round(position());
  const left = Math.max(0, Math.round((duration - at) / 1000));
  bar.value = at;
  clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  toggle.toggleAttribute("data-playing", !sound.paused);
  toggle.setAttribute("aria-label", sound.paused ? "Play" : "Pause");
  tell("playback_update", { playingURI, isPaused: sound.paused, isBuffering, duration, position: at });
}

let lastTime = 0;
sound.addEventListener("timeupdate", () => {
  if (lastTime - sound.currentTime > 1 && !sound.seeking) before += sound.duration * 1000;
  lastTime = sound.currentTime;
  if (position() >= duration) {
    sound.pause();
    seek(0);
  }
  update();
});

function seek(seconds) {
  const wanted = Math.max(0, Math.min(duration / 1000, seconds));
  const round = sound.duration || 30;
  const inRound = wanted % round;
  before = (wanted - inRound) * 1000;
  lastTime = inRound;
  sound.currentTime = inRound;
  update();
}

async function play() {
  try {
    await sound.play();
  } catch (refusal) {
    if (refusal.name !== "NotAllowedError" && refusal.name !== "AbortError") throw refusal;
    update();
  }
}

const commands = {
  play,
  pause: () => sound.pause(),
  resume: play,
  toggle: () => (sound.paused ? play() : sound.pause()),
  seek,
  restart: () => { seek(0); return play(); },
};

toggle.addEventListener("click", commands.toggle);
sound.addEventListener("play", () => { update(); tell("playback_started", { playingURI }); });
sound.addEventListener("pause", update);
sound.addEventListener("waiting", () => { isBuffering = true; update(); });
sound.addEventListener("playing", () => { isBuffering = false; update(); });
sound.addEventListener("canplay", () => { isBuffering = false; update(); }, { once: true });

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !event.data || event.data.to !== "sandbox-embed") return;
  const command = commands[event.data.command];
  if (command) command(event.data.argument);
});

tell("ready");

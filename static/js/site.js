// What every page needs. Pages work without it.

const later = {};

/** Shows a notice over the page until it is closed. `link` is { text, href }. */
export function toast(text, { kind = "", link } = {}) {
  const box = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  if (kind) box.classList.add(`notice-${kind}`);
  const words = document.createElement("p");
  words.textContent = text;
  box.querySelector("button").before(words);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    words.append(" ", anchor);
  }
  const toasts = document.getElementById("toasts");
  for (const old of toasts.children) if (old.textContent === box.textContent) old.remove();
  toasts.append(box);
  announce(words.textContent);
  return box;
}

/** Tells a screen reader, once the DJ has paused; a later text replaces one not said yet. */
export function announce(text) {
  clearTimeout(later.status);
  later.status = setTimeout(() => {
    document.getElementById("status").textContent = text;
  }, 500);
}

const SENTENCES = {
  0: "Clouder cannot be reached. Nothing was changed; try again.",
  403: "This page is too old to be trusted. Load it again.",
  404: "This is not here any more. Load the page again.",
};
const NOT_DONE = "Clouder could not do that. Nothing was changed; try again.";
const LOG_IN = { text: "Log in again", href: location.href };

const isPoll = (event) => !event.detail.requestConfig?.triggeringEvent;

/** A failed request is told in the server's own words where it sent some. */
function tellFailure(event) {
  const { xhr } = event.detail;
  if (xhr.status === 401) toast("You are logged out.", { kind: "danger", link: LOG_IN });
  else if (!isPoll(event)) {
    const sentence = decodeURIComponent(xhr.getResponseHeader("X-Sentence") ?? "");
    toast(sentence || SENTENCES[xhr.status] || NOT_DONE, { kind: "danger" });
  }
}

document.addEventListener("htmx:responseError", tellFailure);
document.addEventListener("htmx:sendError", tellFailure);
document.addEventListener("htmx:timeout", tellFailure);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (!button) return;
  const box = button.closest(".notice");
  const list = box.parentElement;
  box.remove();
  if (!list.children.length && list.matches(".messages")) list.remove();
  document.getElementById("main").focus({ preventScroll: true });
});

// A cover that cannot be loaded becomes a blank label, as one that never was.
function blankSleeve(image) {
  if (!image.matches?.(".sleeve img")) return;
  image.parentElement.replaceWith(document.getElementById("no-cover").content.cloneNode(true));
}
document.addEventListener("error", (event) => blankSleeve(event.target), true);
for (const image of document.images) if (image.complete && !image.naturalWidth) blankSleeve(image);

// What is to be copied can be marked by hand as well, where the browser does not let us do it.
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    announce("Copied.");
  } catch {
    getSelection().selectAllChildren(source);
    announce("Marked. Copy it with your keyboard.");
  }
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

const showWhatWorks = (root) => root.querySelectorAll("[data-close][hidden], [data-copy][hidden]").forEach((button) => { button.hidden = false; });
document.addEventListener("htmx:load", (event) => showWhatWorks(event.target));
showWhatWorks(document);

// Where the bar is wider than the screen, it begins at the room that one is in.
const room = document.querySelector(".bar-nav [aria-current]");
if (room) room.parentElement.scrollLeft = room.offsetLeft - (room.parentElement.clientWidth - room.offsetWidth) / 2;

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

const isPoll = (event) => !event.detail.requestConfig?.triggeringEvent;

function tellFailure(event) {
  if (isPoll(event)) return;
  const { xhr } = event.detail;
  const sentence = xhr?.getResponseHeader?.("X-Sentence");
  if (sentence) toast(decodeURIComponent(sentence), { kind: "danger" });
  else if (xhr?.status === 403) toast("This page is too old to be trusted. Load it again.", { kind: "danger" });
  else if (xhr?.status === 404) toast("This is not here any more. Load the page again.", { kind: "danger" });
  else if (xhr?.status) toast("Clouder could not do that. Nothing was changed; try again.", { kind: "danger" });
  else toast("Clouder cannot be reached. Nothing was changed; try again.", { kind: "danger" });
}

// A fragment cannot follow a redirect: one that comes from elsewhere is the login.
function keepLoginOut(event) {
  const { xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo.finalRequestPath, location.href);
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname === asked.pathname) return;
  event.detail.shouldSwap = false;
  toast("You are logged out.", { kind: "danger", link: { text: "Log in again", href: location.href } });
}

document.addEventListener("htmx:responseError", tellFailure);
document.addEventListener("htmx:sendError", tellFailure);
document.addEventListener("htmx:timeout", tellFailure);
document.addEventListener("htmx:beforeSwap", keepLoginOut);

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

const showClosing = (root) => root.querySelectorAll("[data-close][hidden]").forEach((button) => { button.hidden = false; });
document.addEventListener("htmx:load", (event) => showClosing(event.target));
showClosing(document);

// Keys click visible buttons: every button of the page that answers to keys names them in `data-keys`.

const PRESSED = 120;
const TYPING = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";

const SYMBOL = /^[?,.;\-/'[\]=+#]$/;
const NAMED = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Home: "Home", End: "End" };

let printsLatin = true; // as far as the letters pressed so far tell

/**
 * What was pressed, as its cap shows it, the likeliest first: digits by position, letters as
 * printed where Latin, else by position. On some keyboards a digit with Shift prints a sign.
 */
export function keysOf({ key, code }) {
  if (/^\p{L}$/u.test(key)) printsLatin = /^\p{Script=Latin}$/u.test(key);
  const digit = /^Digit(\d)$/.exec(code)?.[1] ?? (/^\d$/.test(key) && key);
  if (digit) return SYMBOL.test(key) ? [digit, key] : [digit];
  if (/^[a-z]$/i.test(key)) return [key.toUpperCase()];
  if (key in NAMED) return [NAMED[key]];
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  if (SYMBOL.test(key)) return place && !printsLatin ? [place, key] : [key];
  return place && /^\p{L}$/u.test(key) ? [place] : [];
}

const isSeen = (button) => button.checkVisibility?.() ?? true;

/** The button that a key stands for now, if it can be pressed. */
function buttonFor(key) {
  const buttons = document.querySelectorAll(`[data-keys~="${CSS.escape(key)}"]`);
  return [...buttons].find((button) => isSeen(button) && !button.matches(":disabled")) ?? null;
}

function isMeant(event) {
  if (event.repeat || event.isComposing || event.altKey) return false;
  return !document.querySelector("dialog[open]") && !event.target.closest?.(TYPING);
}

/** The button that is meant by a key, with what else is held down. */
function meant(event, key) {
  if (event.ctrlKey || event.metaKey) return event.shiftKey ? null : buttonFor(`Ctrl+${key}`);
  if (!event.shiftKey || SYMBOL.test(key)) return buttonFor(key);
  const shifted = buttonFor(`⇧${key}`);
  const plain = buttonFor(key);
  return shifted ?? (plain && takesShift(plain) ? plain : null);
}

// With Shift the key of a category means "straight to Golden".
const takesShift = (button) => "shift" in button.dataset;

function press(button, { shiftKey = false } = {}) {
  button.dataset.pressed = "";
  setTimeout(() => delete button.dataset.pressed, PRESSED);
  button.dispatchEvent(new MouseEvent("click", { shiftKey, bubbles: true, cancelable: true }));
}

export function listenToKeys() {
  let focusedByPointer = false;
  const swallowed = new Set();

  // Whoever walks with Tab presses what has the focus with Space.
  const isNative = (event) =>
    event.key === " " && !focusedByPointer && event.target.closest("a, button, input, summary");
  const movesNeedle = (event) => /^(Arrow|Home|End)/.test(event.key) && event.target.matches("[type=range], [type=radio]");

  document.addEventListener("pointerdown", () => { focusedByPointer = true; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") focusedByPointer = false;
    if (event.repeat && swallowed.has(event.code)) event.preventDefault();
    if (!isMeant(event) || isNative(event) || movesNeedle(event)) return;
    const button = keysOf(event).map((key) => meant(event, key)).find(Boolean);
    if (!button) return;
    event.preventDefault();
    swallowed.add(event.code);
    press(button, { shiftKey: event.shiftKey && takesShift(button) });
  });
  document.addEventListener("keyup", (event) => {
    if (swallowed.delete(event.code)) event.preventDefault(); // Firefox presses buttons when Space goes up
  });
  addEventListener("blur", () => swallowed.clear());
}

function describe(button) {
  const name = button.dataset.does ?? button.querySelector(".key-name")?.textContent ?? button.getAttribute("aria-label");
  if (name) return name.trim();
  const copy = button.cloneNode(true);
  for (const part of copy.querySelectorAll(".cap, svg")) part.remove();
  return copy.textContent.trim();
}

/** The list of keys, made from the buttons that are on the page now. */
export function showKeys(dialog) {
  const list = dialog.querySelector("dl");
  const rows = [...document.querySelectorAll("[data-keys]")]
    .filter((button) => button.dataset.keys && isSeen(button))
    .map((button) => {
      const row = document.createElement("div");
      const caps = document.createElement("dt");
      const name = document.createElement("dd");
      for (const key of button.dataset.keys.split(" ")) {
        const cap = document.createElement("kbd");
        cap.className = "cap";
        cap.textContent = key;
        caps.append(cap, " ");
      }
      name.textContent = describe(button);
      row.append(caps, name);
      return row;
    });
  list.replaceChildren(...rows);
  dialog.showModal();
}

// Keys click visible buttons: every button of the page that answers to keys names them in `data-keys`.

const PRESSED = 120;
const TYPING = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** What was pressed: digits by position, letters as printed where Latin, else by position. */
function keyOf(event) {
  if (event.key === "?") return "?";
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit) return digit[1];
  if (/^[a-z]$/i.test(event.key)) return event.key.toUpperCase();
  if (event.key === " ") return "Space";
  if (event.key.startsWith("Arrow")) return event.key;
  return /^Key([A-Z])$/.exec(event.code)?.[1] ?? "";
}

const isSeen = (button) => button.checkVisibility?.() ?? true;

/** The button that a key stands for now, if it can be pressed. */
function buttonFor(key) {
  const buttons = document.querySelectorAll(`[data-keys~="${CSS.escape(key)}"]`);
  return [...buttons].find((button) => isSeen(button) && !button.matches(":disabled")) ?? null;
}

function isMeant(event, key) {
  if (event.repeat || event.isComposing || event.altKey || !key) return false;
  if (document.querySelector("dialog[open]") || event.target.closest?.(TYPING)) return false;
  if (event.ctrlKey || event.metaKey) return key === "Z" && !event.shiftKey;
  return true;
}

// With Shift only a category answers: the same key then means "straight to Golden".
const takesShift = (button) => button.name === "to";

function press(button, { shiftKey = false } = {}) {
  button.dataset.pressed = "";
  setTimeout(() => delete button.dataset.pressed, PRESSED);
  button.dispatchEvent(new MouseEvent("click", { shiftKey, bubbles: true, cancelable: true }));
}

export function listenToKeys() {
  let focusedByPointer = false;
  let swallowed = "";

  // Whoever walks with Tab presses what has the focus with Space.
  const isNative = (event, key) =>
    key === "Space" && !focusedByPointer && event.target.closest("a, button, input, summary");
  const movesNeedle = (event, key) => key.startsWith("Arrow") && event.target.matches("[type=range], [type=radio]");

  document.addEventListener("pointerdown", () => { focusedByPointer = true; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") focusedByPointer = false;
    const key = keyOf(event);
    const isRepeat = event.repeat && swallowed === event.code;
    if (isRepeat) event.preventDefault();
    if (!isMeant(event, key) || isNative(event, key) || movesNeedle(event, key)) return;
    const shifted = event.shiftKey && key !== "?" ? buttonFor(`Shift+${key}`) : null;
    const button = shifted ?? buttonFor(key);
    if (!button || (event.shiftKey && key !== "?" && !shifted && !takesShift(button))) return;
    event.preventDefault();
    swallowed = event.code;
    press(button, { shiftKey: event.shiftKey && takesShift(button) });
  });
  document.addEventListener("keyup", (event) => {
    if (event.code === swallowed) event.preventDefault(); // Firefox presses buttons when Space goes up
    swallowed = "";
  });
}

function describe(button) {
  const name = button.dataset.does ?? button.querySelector(".key-name")?.textContent ?? button.getAttribute("aria-label");
  if (name) return name.trim();
  const copy = button.cloneNode(true);
  for (const part of copy.querySelectorAll(".cap, svg")) part.remove();
  return copy.textContent.trim();
}

const NAMES = { ArrowLeft: "←", ArrowRight: "→" };

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
        cap.textContent = NAMES[key] ?? key.replace("Shift+", "⇧");
        caps.append(cap, " ");
      }
      name.textContent = describe(button);
      row.append(caps, name);
      return row;
    });
  list.replaceChildren(...rows);
  dialog.showModal();
}

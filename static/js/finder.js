// Order, filter, find: says what shall be shown, as an address would. Nothing is loaded anew.

const part = (id) => document.getElementById(id);
const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

/** Without what says nothing, so that the same is always written the same. */
function written(params) {
  const isSaid = ([name, value]) => value && name !== "track" && !(name === "order" && value === "release");
  return new URLSearchParams([...params].filter(isSaid)).toString();
}

/** `onchoose(selection, { redraws })`: with `redraws` the form does not show it yet. */
export function listenToFinder({ chosen, onchoose }) {
  const finder = part("finder");
  const summary = finder.querySelector("summary");
  const choose = (params, options) => onchoose(written(params), options);

  function close() {
    const hadFocus = finder.contains(document.activeElement);
    finder.open = false;
    if (hadFocus) summary.focus({ preventScroll: true });
  }

  finder.addEventListener("submit", (event) => {
    event.preventDefault();
    const isReset = event.target.id === "everything";
    choose(isReset ? [] : new FormData(event.target), { redraws: isReset });
    if (!isReset) close();
  });
  finder.addEventListener("change", (event) => {
    if (event.target.form?.id === "finder-form") choose(new FormData(event.target.form), { redraws: false });
  });
  summary.addEventListener("click", (event) => {
    event.preventDefault(); // it would open later, and what is typed at once would file a track
    finder.open = !finder.open;
    if (finder.open && matchMedia("(pointer: fine)").matches) part("f-q").select();
  });
  finder.addEventListener("keydown", (event) => {
    if (event.target !== summary) event.stopPropagation(); // the keys of the desk rest in here
    if (event.key === "Escape" && finder.open) close();
  });
  document.addEventListener("click", (event) => {
    if (finder.open && event.isTrusted && !finder.contains(event.target)) finder.open = false;
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-choose]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    const card = link.closest(".card");
    const params = new URLSearchParams(card ? chosen() : link.search);
    if (card) params.set("mixes", card.dataset.music);
    choose(params, { redraws: true });
  });
}

// The coverage table by arrow keys: one stop for Tab, the cells by the arrows. Works without it.

const table = document.querySelector("[data-grid]");
const links = (row) => [...row.querySelectorAll("a")];

function neighbour(link, key) {
  const rows = [...table.rows].filter((row) => row.querySelector("a"));
  const row = link.closest("tr");
  const column = links(row).indexOf(link);
  if (key === "ArrowLeft" || key === "ArrowRight") return links(row)[column + (key === "ArrowRight" ? 1 : -1)];
  if (key === "Home") return links(row)[0];
  if (key === "End") return links(row).at(-1);
  const next = rows[rows.indexOf(row) + (key === "ArrowDown" ? 1 : -1)];
  return next && links(next)[column];
}

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

function stopAt(link) {
  for (const stop of table.querySelectorAll("a[tabindex='0']")) stop.tabIndex = -1;
  link.tabIndex = 0;
}

const skip = (root) => root.querySelectorAll("a").forEach((link) => { link.tabIndex = -1; });

if (table) {
  skip(table);
  const first = table.querySelector("td a, a");
  if (first) stopAt(first);
  table.addEventListener("keydown", (event) => {
    const link = event.target.closest("a");
    if (!link || !KEYS.includes(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    neighbour(link, event.key)?.focus();
  });
  table.addEventListener("htmx:load", (event) => skip(event.target)); // cells that came anew
  table.addEventListener("focusin", (event) => {
    const link = event.target.closest("a");
    if (link) stopAt(link);
  });
}

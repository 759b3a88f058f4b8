// What is wrong with what has the focus: it is in sight and not under something else (2.4.11), and
// has a ring (2.4.7) that nothing cuts off, round itself or round what is drawn in its place.
() => {
  const one = document.activeElement;
  if (one === document.body) return ["nothing has the focus"];

  const inside = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  function clip(part) {
    const { overflowX, overflowY } = getComputedStyle(part);
    const { left, right, top, bottom } = part.getBoundingClientRect();
    if (overflowX !== "visible") {
      inside.left = Math.max(inside.left, left);
      inside.right = Math.min(inside.right, right);
    }
    if (overflowY !== "visible") {
      inside.top = Math.max(inside.top, top);
      inside.bottom = Math.min(inside.bottom, bottom);
    }
  }

  const drawn = getComputedStyle(one).opacity === "0" ? one.nextElementSibling : one;
  for (let part = drawn.parentElement; part !== document.documentElement; part = part.parentElement) clip(part);
  const box = drawn.getClientRects()[0] ?? drawn.getBoundingClientRect();
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(drawn);
  const ring = outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
  const reach = ring + parseFloat(outlineOffset) - 1;
  const isCut = [
    box.left - reach < inside.left,
    box.right + reach > inside.right,
    box.top - reach < inside.top,
    box.bottom + reach > inside.bottom,
  ].filter(Boolean).length > 1;

  const x = (Math.max(box.left, inside.left) + Math.min(box.right, inside.right)) / 2;
  const y = (Math.max(box.top, inside.top) + Math.min(box.bottom, inside.bottom)) / 2;
  const met = document.elementFromPoint(x, y);
  const isMet = met && (drawn.contains(met) || one.contains(met) || one.closest("label")?.contains(met));

  const troubles = [];
  if (one.tabIndex > 0) troubles.push("jumps the queue");
  if (ring < 2 && one.tabIndex >= 0) troubles.push("has no ring");
  else if (ring && isCut) troubles.push("has a ring that is cut off");
  if (!box.width || !box.height) troubles.push("has no place");
  else if (!isMet) troubles.push(`is under ${met?.cloneNode().outerHTML}`);
  return troubles.map((trouble) => `${one.outerHTML.slice(0, 200)} ${trouble}`);
}

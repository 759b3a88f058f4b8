// What does not fit the screen: a page that has to be scrolled sideways, and text that is cut off.
// Where there is room enough, lines may end in an ellipsis; zoomed in or on a small screen none may.
({ mayShorten }) => {
  const beyond = document.documentElement.scrollWidth - innerWidth;
  const troubles = beyond > 1 ? [`is ${beyond} px too wide`] : [];

  const isHidden = (part) => /inset\(50%/.test(getComputedStyle(part).clipPath);
  const shortens = (part) => {
    const { textOverflow, webkitLineClamp } = getComputedStyle(part);
    return textOverflow === "ellipsis" || webkitLineClamp !== "none";
  };

  function cutBy(text, box) {
    let [sideways, down] = [true, true]; // as long as nothing round it can be scrolled
    for (let part = text.parentElement; part !== document.body; part = part.parentElement) {
      if (isHidden(part)) return null;
      const { overflowX, overflowY } = getComputedStyle(part);
      const edge = part.getBoundingClientRect();
      const isCut =
        (sideways && overflowX === "hidden" && (box.left < edge.left - 2 || box.right > edge.right + 2)) ||
        (down && overflowY === "hidden" && (box.top < edge.top - 6 || box.bottom > edge.bottom + 6));
      if (isCut) return mayShorten && shortens(part) ? null : part;
      if (/auto|scroll/.test(overflowX)) sideways = false;
      if (/auto|scroll/.test(overflowY)) down = false;
    }
    return sideways && (box.left < -2 || box.right > innerWidth + 2) ? document.body : null;
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.data.trim() || !text.parentElement.checkVisibility({ visibilityProperty: true })) continue;
    range.selectNodeContents(text);
    const part = [...range.getClientRects()].map((box) => cutBy(text, box)).find(Boolean);
    if (part) troubles.push(`“${text.data.trim().slice(0, 60)}” is cut off by ${part.cloneNode().outerHTML.slice(0, 100)}`);
  }
  return troubles;
}

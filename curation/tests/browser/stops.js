// How often Tab stops on the page: at each thing that can have the focus, at a group of radio
// buttons once.
() => {
  const isStop = (one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.checkVisibility({ visibilityProperty: true });
  const isChosen = (one) => one.type !== "radio" || one.checked || !document.querySelector(`[name="${one.name}"]:checked`);
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
  return [...all].filter(isStop).filter(isChosen).length;
}

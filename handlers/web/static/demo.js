// The demo: both sides at once; on a narrow screen one at a time.
const main = document.querySelector("main");
const tabs = [...document.querySelectorAll("[role=tab]")];

function show(tab) {
  main.dataset.shown = tab.getAttribute("aria-controls");
  for (const one of tabs) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
  }
}

tabs.forEach((tab, place) => {
  tab.addEventListener("click", () => show(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[1 - place];
    show(other);
    other.focus();
  });
});

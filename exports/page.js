"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const [search, department, topic, said, nothing] = ["tim", "co-quan", "linh-vuc", "so-cau", "khong-thay"].map(by);
  // As bot.domain.text.fold does it: no accents, đ is d.
  const fold = (text) => text.normalize("NFD").replace(/[\p{M}\p{Cf}]/gu, "").toLowerCase().replace(/đ/g, "d").replace(/\s+/g, " ").trim();
  const items = [...document.querySelectorAll("article")].map((shown) => ({
    shown, department: shown.dataset.department, topic: shown.dataset.topic,
    text: fold(`${shown.textContent} ${shown.dataset.codes}`),
  }));
  const parts = [...document.querySelectorAll("section")];
  const fits = (item, words) =>
    (!department.value || item.department === department.value) &&
    (!topic.value || item.topic === topic.value) && words.every((word) => item.text.includes(word));
  const show = () => {
    const words = fold(search.value).split(" ").filter(Boolean);
    let count = 0;
    for (const item of items) {
      const fit = fits(item, words);
      item.shown.hidden = !fit;
      count += fit;
    }
    for (const part of parts) part.hidden = !part.querySelector("article:not([hidden])");
    nothing.hidden = count > 0 || items.length === 0;
    said.textContent = said.dataset.said.replace("%1", count).replace("%2", items.length);
  };
  const clear = () => {
    search.value = department.value = topic.value = "";
    show();
  };
  // Every code that was merged into a question leads to it, also one that stands only in its data.
  const follow = () => {
    const named = location.hash.slice(1), code = named.toUpperCase();
    const found = code && items.find((item) => item.shown.dataset.codes.split(" ").includes(code));
    if (!found) return;
    if (found.shown.hidden) clear();
    if (found.shown.id !== named) location.replace(`#${found.shown.id}`);
    else found.shown.scrollIntoView({ block: "start" });
    found.shown.focus({ preventScroll: true });
  };
  search.addEventListener("input", show);
  department.addEventListener("change", show);
  topic.addEventListener("change", show);
  by("bo-loc").addEventListener("click", () => { clear(); search.focus(); });
  addEventListener("hashchange", follow);
  document.querySelector(".tools").hidden = items.length === 0;
  show();
  follow();
})();

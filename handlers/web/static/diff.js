// What changed between two texts, word by word: for reading, so blanks belong to the word before them.
import { el } from "./common.js";

const MOST = 4_000_000; // cells of the table; beyond that the whole text counts as changed

const wordsOf = (text) => text.match(/\S+\s*|\s+/g) ?? [];
const same = (a, b) => a.trim() === b.trim();

/** Runs [kind, words] in order, kind being "same", "del" or "ins". */
export function changes(before, after) {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (old.length * now.length > MOST) return [["del", before], ["ins", after]].filter(([, text]) => text);
  const width = now.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const [down, right] = [longest[(i + 1) * width + j], longest[i * width + j + 1]];
      longest[i * width + j] = same(old[i], now[j]) ? longest[(i + 1) * width + j + 1] + 1 : Math.max(down, right);
    }
  }
  const runs = [];
  const add = (kind, word) => (runs.at(-1)?.[0] === kind ? (runs.at(-1)[1] += word) : runs.push([kind, word]));
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && same(old[i], now[j])) {
      add("same", now[j++]);
      i++;
    } else if (j >= now.length || (i < old.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) add("del", old[i++]);
    else add("ins", now[j++]);
  }
  return runs;
}

/** A paragraph that shows the changes. Words that go stand before those that come, with a blank between them. */
export function diff(before, after) {
  const parts = changes(before, after).flatMap(([kind, words]) => {
    if (kind === "same") return [words];
    const end = words.match(/\s*$/)[0];
    return [el(kind, { textContent: words.trimEnd() }), end || " "];
  });
  return el("p", { className: "diff" }, ...parts);
}

// The board's larger dialogs: wording, joining an issue, departments of an issue, what to hide, the history, and what
// became of many. Each calls back with what was decided; the server decides whether it may be.
import { closeDialog, foot, open, wordsOf } from "./board-dialogs.js";
import { diff } from "./diff.js";
import { el, fill, getJson, icon, withCodes } from "./common.js";

const TYPING = 250; // milliseconds without a key before a search asks the server
const main = (label, press) => el("button", { type: "button", className: "button main", textContent: label, onclick: press });
const heading = (text) => el("h3", { textContent: text });
const quiet = (text) => el("p", { className: "quiet-text", textContent: text });
const quote = (text) => el("blockquote", { textContent: text });
const searchBox = (input) => el("label", { className: "search" }, icon("search"), input);
const searchInput = (label) => el("input", { type: "search", placeholder: label, "aria-label": label, autocomplete: "off" });

function finish(chosen, ...values) {
  closeDialog();
  chosen(...values);
}

// ---------------------------------------------------------------- the wording of an issue

/** Calls `chosen(wording)`; "" gives the issue back to the words of the submission. */
export function showWording(texts, card, chosen) {
  const now = card.wording || card.text;
  const area = el("textarea", { id: "wording", value: now, maxLength: 4000, rows: 8 });
  const shown = el("div", { className: "diff-box", "aria-live": "off" });
  const save = main(texts.web.board_save, () => finish(chosen, area.value.trim() === card.text.trim() ? "" : area.value));
  const back = el("button", { type: "button", className: "button", textContent: texts.web.board_wording_back });
  const update = () => {
    const same = area.value.trim() === card.text.trim();
    shown.replaceChildren(same ? quiet(texts.web.board_wording_same) : diff(card.text, area.value));
    save.disabled = area.value.trim() === now.trim() || !area.value.trim();
    back.disabled = same;
  };
  back.addEventListener("click", () => {
    area.value = card.text;
    update();
    area.focus();
  });
  area.addEventListener("input", update);
  update();
  const note = card.members.length > 1 ? fill(texts.web.board_wording_common, { count: card.members.length }) : texts.web.board_wording_note;
  const original = el("section", {}, heading(texts.web.board_original), quote(card.text));
  const label = el("label", { className: "head-label", htmlFor: "wording", textContent: texts.web.board_new_wording });
  const edited = el("section", {}, label, area);
  const body = [quiet(note), el("div", { className: "beside" }, original, edited), heading(texts.web.board_diff), shown];
  open(fill(texts.web.board_wording_title, { code: card.code }), texts.web.board_close, body, foot(texts, back, save), "wide");
  area.focus();
}

// ---------------------------------------------------------------- joining an issue

/** Calls `chosen(target)` once both sides were looked at. `first` is shown at once where it is given. */
export async function showMerge(texts, card, first, chosen) {
  const search = searchInput(texts.web.board_merge_search);
  const found = el("div", { className: "found" }, quiet(texts.web.board_searching));
  const title = fill(texts.web.board_merge_title, { code: card.code });
  const ask = (text) => {
    const query = new URLSearchParams({ text, ...(card.issue ? { without: card.issue } : {}) });
    return getJson(`/api/board/issues?${query}`).then((answer) => answer.issues);
  };
  const list = () => {
    open(title, texts.web.board_close, [quiet(texts.web.board_merge_note), searchBox(search), found], foot(texts), "wide");
    search.focus();
  };
  const preview = (target) => showPreview(texts, card, target, list, chosen);
  let asked = 0;
  const look = async () => {
    const turn = ++asked;
    const issues = await proposed(card, search.value.trim(), ask).catch(() => null);
    if (turn !== asked) return;
    const rows = issues?.map((target) => targetRow(texts, target, () => preview(target)));
    found.replaceChildren(...(rows?.length ? rows : [quiet(issues ? texts.web.board_merge_none : texts.web.board_failed)]));
  };
  let timer;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, TYPING);
  });
  const target = first && (await ask(first.code).catch(() => [])).find((one) => one.issue === first.issue);
  if (target) preview(target);
  else list();
  look();
}

/** Without words: what is similar first, then the others. */
async function proposed(card, text, ask) {
  if (text) return ask(text);
  const similar = await Promise.all(card.merge_targets.map((one) => ask(one.code)));
  const seen = new Map([...similar.flat(), ...(await ask(""))].map((one) => [one.issue, one]));
  return [...seen.values()];
}

function targetRow(texts, target, press) {
  const many = target.members.length > 1 ? fill(texts.web.board_members, { count: target.members.length }) : "";
  return el(
    "button",
    { type: "button", className: "pick target", onclick: press, "data-issue": target.issue },
    el("span", {}, el("strong", { textContent: [target.code, many].filter(Boolean).join(" · ") }), el("span", { className: "clamp", textContent: target.text }), el("small", { textContent: target.department || texts.card.no_department })),
  );
}

function showPreview(texts, card, target, back, chosen) {
  const here = el("section", {}, heading(fill(texts.web.board_merge_this, { code: card.code })), quote(card.text));
  const there = el("section", {}, heading(fill(texts.web.board_merge_into, { code: target.code })), quote(target.text));
  const after = fill(texts.web.board_merge_after, { count: target.members.length + 1, department: target.department || texts.card.no_department });
  const members = el("p", { className: "quiet-text" }, ...withCodes(fill(texts.web.board_merge_members, { codes: target.members.join(", ") })));
  const other = el("button", { type: "button", className: "button", textContent: texts.web.board_merge_other, onclick: back });
  const join = main(fill(texts.card.merge_with, target), () => finish(chosen, target));
  const body = [el("div", { className: "beside" }, here, there), el("p", { className: "sum", textContent: after }), members];
  open(fill(texts.web.board_merge_title, { code: card.code }), texts.web.board_close, body, foot(texts, other, join), "wide");
  join.focus();
}

// ---------------------------------------------------------------- the departments of an issue

/** Calls `chosen(lead, supporting)` with ids; lead null where it is not clear yet. */
export function showReroute(texts, bodies, card, chosen) {
  let lead = card.unclear ? null : card.department || null;
  let beside = card.supporting_ids.filter((id) => id !== lead);
  const was = JSON.stringify([lead, beside]);
  const names = new Map(bodies.map((body) => [body.id, body.name]));
  const search = searchInput(texts.web.board_reroute_search);
  const [state, found] = [el("div", { className: "routing" }), el("div", { className: "found bodies" })];
  const save = main(texts.web.board_save, () => finish(chosen, lead, beside));
  const update = () => {
    const supporting = beside.map((id) => names.get(id) ?? id).join(", ") || texts.web.board_none;
    const row = (name, value) => el("div", {}, el("dt", { textContent: name }), el("dd", { textContent: value }));
    state.replaceChildren(el("dl", {}, row(texts.web.board_lead, lead ? names.get(lead) ?? card.department_name : texts.card.no_department), row(texts.web.board_supporting, supporting)));
    save.disabled = JSON.stringify([lead, beside]) === was;
    const words = wordsOf(search.value);
    const rows = bodies.filter((body) => words.every((word) => wordsOf(body.name).some((one) => one.startsWith(word)))).map(bodyRow);
    if (!words.length) rows.unshift(bodyRow({ id: null, name: texts.web.board_reroute_unclear }));
    const focused = found.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    found.replaceChildren(...(rows.length ? rows : [quiet(texts.web.board_pick_none)]));
    if (focused) [...found.querySelectorAll("button")].find((one) => one.dataset.key === focused)?.focus();
  };
  const toggle = (kind, label, on, press, body) => {
    const props = { type: "button", className: "chip", "aria-pressed": String(on), onclick: press, "data-key": `${kind}:${body.id}`, "aria-label": `${label}: ${body.name}` };
    return el("button", { ...props, textContent: label });
  };
  const bodyRow = (body) => {
    const leads = () => {
      beside = [...beside.filter((id) => id !== body.id)];
      lead = body.id;
      update();
    };
    const supports = () => {
      beside = beside.includes(body.id) ? beside.filter((id) => id !== body.id) : [...beside, body.id];
      if (lead === body.id) lead = null;
      update();
    };
    const second = body.id && toggle("beside", texts.web.board_supporting, beside.includes(body.id), supports, body);
    return el("div", { className: "body-row" }, el("span", { textContent: body.name }), toggle("lead", texts.web.board_lead, lead === body.id, leads, body), second || null);
  };
  search.addEventListener("input", update);
  update();
  const note = card.members.length > 1 ? [quiet(fill(texts.web.board_reroute_common, { count: card.members.length }))] : [];
  open(fill(texts.web.board_reroute_title, { code: card.code }), texts.web.board_close, [...note, state, searchBox(search), found], foot(texts, save));
  search.focus();
}

// ---------------------------------------------------------------- what to hide

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const wherever = (piece) => new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(piece)}(?![\\p{L}\\p{N}_])`, "gu");

/** Calls `chosen(pieces)`. Words are hidden by a tap on them or by typing them, wherever they stand in the text and in what
 * is shown beside it. */
export function showMask(texts, card, chosen) {
  const tokens = card.text.match(/\s+|[^\s\p{P}]+|\p{P}+/gu) ?? [];
  const tapped = new Set();
  const typed = new Set();
  const field = el("input", { id: "hide", autocomplete: "off", maxLength: 200 });
  const add = el("button", { type: "button", className: "button", textContent: texts.web.board_mask_add });
  const hint = el("p", { className: "quiet-text problem", role: "status" });
  const [picker, list, preview] = [el("p", { className: "tokens" }), el("div", { className: "chips" }), el("div", { className: "diff-box preview", "aria-live": "polite" })];
  const done = main(texts.web.board_mask_done, () => finish(chosen, pieces()));
  const pieces = () => [...runs(tokens, tapped), ...typed];
  const update = () => {
    picker.querySelectorAll("button").forEach((node) => node.setAttribute("aria-pressed", String(tapped.has(Number(node.dataset.place)))));
    list.replaceChildren(...[...typed].map((piece) => el("button", { type: "button", className: "chip", "aria-label": fill(texts.web.board_mask_drop, { piece }), onclick: () => drop(piece) }, piece, icon("cross"))));
    const after = (text) => pieces().reduce((found, piece) => found.replace(wherever(piece), texts.card.hidden), text);
    const others = card.passages.filter((one) => after(one.covered) !== one.text);
    const rows = others.flatMap((one) => [heading(texts.web[`board_mask_${one.place}`]), el("p", { textContent: after(one.covered) })]);
    preview.replaceChildren(el("p", { textContent: after(card.covered || card.text) }), ...rows);
    done.disabled = !pieces().length && !card.has_personal;
  };
  const drop = (piece) => {
    typed.delete(piece);
    update();
    field.focus();
  };
  const type = () => {
    const piece = field.value.trim();
    const there = piece && [card, ...card.passages].some((one) => wherever(piece).test(one.text));
    hint.textContent = piece && !there ? texts.web.board_mask_absent : "";
    if (!there) return;
    typed.add(piece);
    field.value = "";
    update();
  };
  const tap = (place) => {
    tapped.has(place) ? tapped.delete(place) : tapped.add(place);
    update();
  };
  const token = (text, place) =>
    /[\p{L}\p{N}]/u.test(text) ? el("button", { type: "button", tabIndex: -1, "data-place": place, onclick: () => tap(place), textContent: text }) : text;
  picker.append(...tokens.map(token));
  add.addEventListener("click", type);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    type();
  });
  update();
  const auto = card.has_personal ? [el("p", { className: "line notice", textContent: texts.web.board_mask_auto })] : [];
  const label = el("label", { className: "head-label", htmlFor: "hide", textContent: texts.web.board_mask_type });
  const typing = el("div", { className: "typing" }, field, add);
  const body = [quiet(texts.web.board_mask_note), ...auto, picker, label, typing, hint, list, heading(texts.web.board_mask_preview), preview];
  open(fill(texts.web.board_mask_title, { code: card.code }), texts.web.board_close, body, foot(texts, done));
  field.focus();
}

/** Tapped words that stand beside each other are one piece. */
function runs(tokens, tapped) {
  const found = [];
  let piece = "";
  tokens.forEach((token, place) => {
    if (tapped.has(place)) piece += token;
    else if (piece && !/[\p{L}\p{N}]/u.test(token) && tapped.has(place + 1)) piece += token;
    else if (piece) {
      found.push(piece);
      piece = "";
    }
  });
  return piece ? [...found, piece] : found;
}

// ---------------------------------------------------------------- asking back, and several questions in one

/** Calls `chosen(question)`: what the person who wrote is asked. */
export function showAskBack(texts, card, chosen) {
  const area = el("textarea", { id: "question", maxLength: 1000, rows: 4, placeholder: texts.web.board_ask_back_hint });
  const send = main(texts.web.board_ask_back_do, () => finish(chosen, area.value.trim()));
  const update = () => (send.disabled = !area.value.trim());
  area.addEventListener("input", update);
  update();
  const label = el("label", { className: "head-label", htmlFor: "question", textContent: texts.web.board_ask_back_label });
  open(fill(texts.web.board_ask_back_title, { code: card.code }), texts.web.board_close, [quiet(texts.web.board_ask_back_note), quote(card.text), label, area], foot(texts, send));
  area.focus();
}

/** Calls `chosen(parts)`, a text each. The machine's own cut is what it begins with. */
export function showSplit(texts, card, chosen) {
  const box = el("div", { className: "parts" });
  const areas = () => [...box.querySelectorAll("textarea")];
  const add = el("button", { type: "button", className: "button", textContent: texts.web.board_split_add });
  const go = main("", () => finish(chosen, areas().map((area) => area.value.trim()).filter(Boolean)));
  const update = () => {
    areas().forEach((area, place) => (area.ariaLabel = fill(texts.web.board_split_part, { number: place + 1 })));
    const count = areas().filter((area) => area.value.trim()).length;
    go.textContent = fill(texts.web.board_split_go, { count: Math.max(count, 2) });
    go.disabled = count < 2;
  };
  const row = (text) => {
    const area = el("textarea", { value: text, rows: 3, maxLength: 4000, oninput: update });
    const drop = el("button", { type: "button", className: "button", "aria-label": texts.web.board_split_drop, title: texts.web.board_split_drop }, icon("cross"));
    const line = el("div", { className: "part" }, area, drop);
    drop.addEventListener("click", () => {
      line.remove();
      update();
      (areas()[0] ?? add).focus();
    });
    box.append(line);
    return area;
  };
  const begin = card.several.length > 1 ? card.several : [card.text, ""];
  begin.forEach(row);
  add.addEventListener("click", () => {
    row("").focus();
    update();
  });
  update();
  open(fill(texts.web.board_split_title, { code: card.code }), texts.web.board_close, [quiet(texts.web.board_split_note), box, add], foot(texts, go), "wide");
  areas()[0].focus();
  areas()[0].setSelectionRange(0, 0);
  areas()[0].scrollTop = 0;
}

// ---------------------------------------------------------------- the history

export async function showHistory(texts, card) {
  const box = el("div", { className: "steps" }, quiet(texts.web.board_searching));
  open(fill(texts.web.board_history_of, { code: card.code }), texts.web.board_close, [box], null, "wide");
  const answer = await getJson(`/api/board/cards/${card.id}/history`).catch(() => null);
  box.replaceChildren(answer ? el("ol", {}, ...answer.steps.map((step) => stepRow(texts, step))) : quiet(texts.web.board_history_failed));
}

function stepRow(texts, step) {
  const head = el("div", { className: "step-head" }, el("strong", { textContent: step.what }), step.undone ? el("span", { className: "badge", textContent: texts.web.board_undone }) : null);
  const who = el("p", { className: "quiet-text", textContent: fill(texts.web.board_by_at, step) });
  const details = step.details.map((one) => el("p", { className: "detail" }, ...withCodes(one)));
  const words = step.before === null ? null : diff(step.before, step.after);
  return el("li", { className: step.undone ? "undone" : "" }, head, who, ...details, words);
}

// ---------------------------------------------------------------- many at once

/** A group becomes one issue. `group`: {wording, department, members: [{id, version, code, text, …}]}, the central one
 * first. Calls `chosen({chosen, wording, lead})`. */
export function showGather(texts, bodies, group, chosen) {
  const area = el("textarea", { id: "common", value: group.wording, maxLength: 4000, rows: 4 });
  const usual = group.department ? fill(texts.web.gather_usual, { department: group.department }) : texts.web.gather_usual_unknown;
  const select = el("select", { id: "lead" }, el("option", { value: "", textContent: usual }), ...bodies.map((body) => el("option", { value: body.id, textContent: body.name })));
  const boxes = group.members.map((member) => el("input", { type: "checkbox", checked: true, value: member.id, "aria-label": member.code }));
  const rows = group.members.map((member, place) => memberRow(texts, member, boxes[place]));
  const sum = el("p", { className: "sum", role: "status" });
  const picked = () => group.members.filter((_, place) => boxes[place].checked);
  const go = main("", () => finish(chosen, { chosen: picked().map((one) => [one.id, one.version]), wording: area.value, lead: select.value || null }));
  const update = () => {
    const count = picked().length;
    const where = select.value ? select.selectedOptions[0].textContent : group.department || texts.card.no_department;
    sum.textContent = count > 1 ? fill(texts.web.gather_sum, { count, department: where }) : texts.web.gather_too_few;
    go.textContent = fill(texts.web.gather_go, { count });
    go.disabled = count < 2 || !area.value.trim();
  };
  [...boxes, select, area].forEach((node) => node.addEventListener("input", update));
  update();
  const label = (name, text) => el("label", { className: "head-label", htmlFor: name, textContent: text });
  const body = [label("common", texts.web.gather_wording), area, label("lead", texts.web.gather_lead), el("div", { className: "field" }, select), heading(fill(texts.web.gather_members, { count: group.members.length })), el("div", { className: "members" }, ...rows), sum];
  open(texts.web.gather_title, texts.web.board_close, body, foot(texts, go), "wide");
  area.focus();
}

function memberRow(texts, member, box) {
  const lines = el("span", {}, el("strong", { textContent: member.code }), el("span", { className: "clamp", textContent: member.text }), el("small", { textContent: member.unit || texts.card.not_given }));
  return el("label", { className: "reason member" }, box, lines);
}

/** What could not be done, by code. `done` counts what was. */
export function showOutcomes(texts, done, refused, problems) {
  const rows = refused.map((one) => el("li", {}, el("strong", { className: "code", textContent: one.code }), el("span", { textContent: one.refused })));
  const more = problems.map((text) => el("li", {}, el("span", { textContent: text })));
  const sum = el("p", { className: "sum", textContent: fill(texts.web.bulk_partly, { done, refused: refused.length }) });
  open(texts.web.bulk_outcome, texts.web.board_close, [sum, el("ul", { className: "outcomes" }, ...rows, ...more)], el("div", { className: "dialog-foot" }, main(texts.web.board_close, closeDialog)));
}

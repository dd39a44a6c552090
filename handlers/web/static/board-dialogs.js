// The board's dialogs: which department, why not, where else, whether really, which keys. Each calls back with what was
// chosen. What needs more room is in board-work.js.
import { capital, el, fill, fold, icon, withCodes } from "./common.js";

const WORTH_SHOWING = 0.05; // a guess below this is noise
const dialog = () => document.getElementById("dialog");

export function closeDialog() {
  dialog().close();
}

/** The row of buttons at the end of a dialog: one that only closes it, and what it is for. */
export function foot(texts, ...buttons) {
  const cancel = el("button", { type: "button", className: "button cancel", textContent: texts.web.board_cancel, onclick: closeDialog });
  return el("div", { className: "dialog-foot" }, cancel, ...buttons);
}

/** Shows a dialog, in the place of one that is open already. */
export function open(title, close, body, foot = null, look = "") {
  dialog().className = look;
  const heading = el("h2", { id: "dialog-title" }, ...withCodes(title));
  const shut = el("button", { type: "button", className: "button", "aria-label": close, title: close, onclick: closeDialog }, icon("cross"));
  const parts = [el("div", { className: "dialog-head" }, heading, shut), el("div", { className: "dialog-body" }, ...body), foot];
  dialog().replaceChildren(...parts.filter(Boolean));
  if (!dialog().open) dialog().showModal();
}

// ---------------------------------------------------------------- which department and topic

/** Calls `chosen(topic)`. The machine's other guesses come first, then every department with its topics. */
export function showPicker(texts, departments, card, chosen) {
  const take = (topic) => {
    closeDialog();
    chosen(topic);
  };
  const search = el("input", { type: "search", placeholder: texts.web.board_pick_filter, "aria-label": texts.web.board_pick_filter, autocomplete: "off" });
  const found = el("div", { className: "found" });
  const narrow = () => found.replaceChildren(...matching(texts, departments, card, search.value, take));
  search.addEventListener("input", narrow);
  narrow();
  const guesses = guessed(texts, card, take);
  const box = el("label", { className: "search" }, icon("search"), search);
  const title = fill(texts.web.board_pick, { code: card.code });
  open(title, texts.web.board_close, [...guesses, el("h3", { textContent: texts.web.board_pick_all }), box, found]);
  (dialog().querySelector(".pick:not([disabled])") ?? search).focus();
}

function guessed(texts, card, take) {
  const others = card.alternatives.filter((guess) => guess.topic !== card.topic && guess.confidence >= WORTH_SHOWING);
  if (!others.length) return [];
  const rows = others.map((guess) => {
    const sure = fill(texts.web.board_guess, { confidence: Math.round(guess.confidence * 100) });
    return pickRow(guess.department_name || texts.web.board_nobody, guess.topic_name, sure, () => take(guess.topic), guess.topic);
  });
  return [el("h3", { textContent: texts.web.board_guesses }), ...rows];
}

function matching(texts, departments, card, typed, take) {
  const words = wordsOf(typed);
  const row = (topic) =>
    pickRow(topic.name, "", topic.code === card.topic ? texts.web.board_current : "", () => take(topic.code), topic.code, topic.scope);
  const rows = [0, 1, 2].flatMap((rank) =>
    departments.flatMap((body) => {
      const name = body.name || texts.web.board_nobody;
      const topics = body.topics.filter((topic) => rankOf(words, `${name} ${body.short_name}`, topic) === rank);
      return topics.length ? [el("h3", { textContent: name }), ...topics.map(row)] : [];
    }),
  );
  return rows.length ? rows : [el("p", { className: "quiet-text", textContent: texts.web.board_pick_none })];
}

export const wordsOf = (text) => fold(text).split(/[^a-z0-9]+/).filter(Boolean);

/** 0: the query names the department, 1: department or topic, 2: the topic's scope too, -1: it does not fit. */
function rankOf(typed, department, topic) {
  const fields = [department, topic.name, topic.scope];
  return fields.findIndex((_, place) => {
    const words = fields.slice(0, place + 1).flatMap(wordsOf);
    return typed.every((one) => words.some((word) => word.startsWith(one)));
  });
}

function pickRow(name, below, mark, press, topic, scope = "") {
  const lines = el("span", {}, name, below ? el("small", { textContent: below }) : null);
  const props = { type: "button", className: "pick", onclick: press, "data-topic": topic, title: scope };
  return el("button", props, lines, mark ? el("em", { textContent: mark }) : null);
}

// ---------------------------------------------------------------- why not

/** Calls `chosen(choice)`: the key of a sentence of the catalogue, or the moderator's own words. `what` holds the title,
 * a note, the `prefix` of the keys, `labels` and `sentences` by name, the words for own ones, and what the button says. */
export function showChoices(texts, what, chosen, first = null) {
  const own = el("textarea", { placeholder: what.ownHint, "aria-label": what.own, maxLength: 500 });
  const ownBox = el("div", { className: "own", hidden: true }, own);
  const done = el("button", { type: "submit", className: `button ${what.look}`, textContent: what.done, disabled: true });
  const rows = Object.entries(what.labels).map(([name, label]) => reasonRow(`${what.prefix}.${name}`, label, what.sentences[name]));
  const form = el("form", { id: "reasons" }, ...rows, reasonRow("own", what.own, ""), ownBox);
  const picked = () => form.querySelector("input:checked")?.value ?? "";
  const choice = () => (picked() === "own" ? own.value.trim() : picked());
  const update = () => {
    const shows = picked() === "own";
    if (shows && ownBox.hidden) queueMicrotask(() => own.focus());
    ownBox.hidden = !shows;
    done.disabled = !choice();
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!choice()) return;
    closeDialog();
    chosen(choice());
  });
  done.setAttribute("form", "reasons");
  open(what.title, texts.web.board_close, [first, el("p", { textContent: what.note }), form].filter(Boolean), foot(texts, done));
  form.querySelector("input").focus();
}

/** Why not. Calls `apart()` where somebody may be in danger, so that only a responsible person sees it from now on. */
export function showReasons(texts, title, chosen, apart = null) {
  const leave = () => {
    closeDialog();
    apart();
  };
  const danger = apart && el("button", { type: "button", className: "button apart", onclick: leave }, icon("lock"), el("span", { textContent: texts.card.set_apart }));
  const what = { title, note: texts.web.board_reject_note, prefix: "reason", labels: texts.reason_label, sentences: texts.reason, look: "danger" };
  showChoices(texts, { ...what, own: texts.web.board_own_reason, ownHint: texts.web.board_own_reason_hint, done: texts.card.reject }, chosen, danger);
}

/** Who is responsible for what is out of scope. */
export function showBodies(texts, card, chosen) {
  const what = { title: fill(texts.web.board_redirect, { code: card.code }), note: texts.web.board_redirect_note, prefix: "body", labels: texts.body_label, sentences: texts.body, look: "main" };
  showChoices(texts, { ...what, own: texts.web.board_own_body, ownHint: texts.web.board_own_body_hint, done: texts.web.board_redirect_done }, chosen);
}

function reasonRow(value, label, sentence) {
  const radio = el("input", { type: "radio", name: "reason", value });
  const lines = el("span", {}, el("strong", { textContent: label }), sentence ? el("small", { textContent: sentence }) : null);
  return el("label", { className: "reason" }, radio, lines);
}

// ---------------------------------------------------------------- whether really

/** Calls `agreed()` once the question has been said yes to with the button `label`. */
export function showQuestion(texts, title, question, label, agreed) {
  const agree = () => {
    closeDialog();
    agreed();
  };
  const yes = el("button", { type: "button", className: "button main agree", textContent: label, onclick: agree });
  open(title, texts.web.board_close, [el("p", { textContent: question })], foot(texts, yes));
  dialog().querySelector(".cancel").focus();
}

// ---------------------------------------------------------------- which keys

export function showKeys(texts) {
  const rows = [
    ["J", texts.web.key_next],
    ["K", texts.web.key_previous],
    ["D", texts.card.approve],
    ["C", texts.card.change_topic],
    ["R", texts.card.reject],
    ["M", texts.web.key_merge],
    ["W", texts.web.board_edit_wording],
    ["A", texts.web.key_assign],
    ["H", texts.web.board_history],
    ["X", texts.web.key_select],
    ["Z", texts.web.key_undo],
    ["G", texts.web.groups_title],
    ["/", texts.web.key_search],
    ["?", texts.web.key_help],
  ];
  const pairs = rows.flatMap(([key, what]) => [
    el("dt", {}, el("kbd", { textContent: key })),
    el("dd", { textContent: capital(what) }),
  ]);
  open(texts.web.board_keys, texts.web.board_close, [el("dl", { className: "keys" }, ...pairs)]);
}

// The board's dialogs: which department, why not, whether really, which keys. Each ends by calling back with what was chosen.
import { capital, el, fill, fold, icon, withCodes } from "./common.js";

const WORTH_SHOWING = 0.05; // a guess below this is noise
const dialog = () => document.getElementById("dialog");

export function closeDialog() {
  dialog().close();
}

function open(title, close, body, foot = null) {
  const heading = el("h2", { id: "dialog-title" }, ...withCodes(title));
  const shut = el("button", { type: "button", className: "button", "aria-label": close, title: close, onclick: closeDialog }, icon("cross"));
  const parts = [el("div", { className: "dialog-head" }, heading, shut), el("div", { className: "dialog-body" }, ...body), foot];
  dialog().replaceChildren(...parts.filter(Boolean));
  dialog().showModal();
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

const wordsOf = (text) => fold(text).split(/[^a-z0-9]+/).filter(Boolean);

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

/** Calls `chosen(reason)`: the name of a sentence of the catalogue, or the moderator's own words. Calls `apart()` where
 * somebody may be in danger, so that only a responsible person sees it from now on. */
export function showReasons(texts, card, chosen, apart) {
  const own = el("textarea", { placeholder: texts.web.board_own_reason_hint, "aria-label": texts.web.board_own_reason, maxLength: 500 });
  const ownBox = el("div", { className: "own", hidden: true }, own);
  const done = el("button", { type: "submit", className: "button danger", textContent: texts.card.reject, disabled: true });
  const rows = Object.entries(texts.reason).map(([name, sentence]) => reasonRow(`reason.${name}`, texts.reason_label[name] ?? sentence, sentence));
  const form = el("form", { id: "reasons" }, ...rows, reasonRow("own", texts.web.board_own_reason, ""), ownBox);
  const picked = () => form.querySelector("input:checked")?.value ?? "";
  const reason = () => (picked() === "own" ? own.value.trim() : picked());
  const update = () => {
    const shows = picked() === "own";
    if (shows && ownBox.hidden) queueMicrotask(() => own.focus());
    ownBox.hidden = !shows;
    done.disabled = !reason();
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!reason()) return;
    closeDialog();
    chosen(reason());
  });
  done.setAttribute("form", "reasons");
  const cancel = el("button", { type: "button", className: "button", textContent: texts.web.board_cancel, onclick: closeDialog });
  const title = fill(texts.web.board_reject, { code: card.code });
  const foot = el("div", { className: "dialog-foot" }, cancel, done);
  const leave = () => {
    closeDialog();
    apart();
  };
  const danger = el("button", { type: "button", className: "button apart", onclick: leave }, icon("lock"), el("span", { textContent: texts.card.set_apart }));
  open(title, texts.web.board_close, [danger, el("p", { textContent: texts.web.board_reject_note }), form], foot);
  form.querySelector("input").focus();
}

function reasonRow(value, label, sentence) {
  const radio = el("input", { type: "radio", name: "reason", value });
  const lines = el("span", {}, el("strong", { textContent: label }), sentence ? el("small", { textContent: sentence }) : null);
  return el("label", { className: "reason" }, radio, lines);
}

// ---------------------------------------------------------------- whether really

/** Calls `agreed()` once the question has been said yes to with the button `label`. */
export function showQuestion(texts, card, question, label, agreed) {
  const agree = () => {
    closeDialog();
    agreed();
  };
  const cancel = el("button", { type: "button", className: "button cancel", textContent: texts.web.board_cancel, onclick: closeDialog });
  const yes = el("button", { type: "button", className: "button main agree", textContent: label, onclick: agree });
  open(card.code, texts.web.board_close, [el("p", { textContent: question })], el("div", { className: "dialog-foot" }, cancel, yes));
  cancel.focus();
}

// ---------------------------------------------------------------- which keys

export function showKeys(texts) {
  const rows = [
    ["J", texts.web.key_next],
    ["K", texts.web.key_previous],
    ["D", texts.card.approve],
    ["C", texts.card.change_topic],
    ["R", texts.card.reject],
    ["Z", texts.web.key_undo],
    ["/", texts.web.key_search],
    ["?", texts.web.key_help],
  ];
  const pairs = rows.flatMap(([key, what]) => [
    el("dt", {}, el("kbd", { textContent: key })),
    el("dd", { textContent: capital(what) }),
  ]);
  open(texts.web.board_keys, texts.web.board_close, [el("dl", { className: "keys" }, ...pairs)]);
}

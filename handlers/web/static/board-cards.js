// How a card of the board looks. It draws only what the card allows (`card.actions`); what a press does is in `acts`.
import { capital, el, fill, icon, withCodes } from "./common.js";

const LONG = 700;

/** The children of a card's element. `how`: {texts, acts, busy, unfolded, selected, looking, choosable}. */
export function cardParts(card, how) {
  const where = card.private ? null : proposal(card, how.texts);
  const parts = [head(card, how), ...words(card, how), facts(card, how.texts), where, ...lines(card, how.texts), actions(card, how)];
  return parts.filter(Boolean);
}

export const stateOf = (card, texts) => (card.private ? texts.private_state : texts.state)[card.state];

/** Short enough for a badge and a row of filters. */
export const stateName = (state, texts) => capital(state === "redirected" ? texts.web.board_redirected : texts.state[state]);

/** The department's id; "-" where the topic is nobody's, "?" where it is not clear whose. */
export function bodyOf(card) {
  if (card.department) return card.department;
  return card.unassigned || card.unclear || !card.topic ? "?" : "-";
}

export function bodyName(card, texts) {
  return bodyOf(card) === "-" ? texts.web.board_nobody : card.department_name || capital(texts.card.no_department);
}

/** A code of the same programme (their prefixes differ) leads to its card. */
function codeLink(code, card) {
  const here = code.split("-")[0] === card.code.split("-")[0];
  return here
    ? el("a", { className: "receipt", href: `#${code}`, textContent: code })
    : el("span", { className: "receipt", textContent: code });
}

function head(card, { texts, acts, selected, looking }) {
  const choosing = { type: "checkbox", checked: selected, onclick: (event) => acts.select(card, event.shiftKey) };
  const label = fill(texts.web.board_select, { code: card.code });
  const named = { textContent: texts.web.board_history, "aria-label": fill(texts.web.board_history_of, { code: card.code }) };
  const past = el("button", { type: "button", className: "link history", onclick: () => acts.history(card), ...named });
  return el(
    "header",
    {},
    card.actions.length && !card.private ? el("label", { className: "choose", title: label }, el("input", { ...choosing, "aria-label": label })) : null,
    el("span", { className: "code", textContent: card.code }),
    el("span", { className: `badge ${card.state}`, textContent: card.private ? capital(stateOf(card, texts)) : stateName(card.state, texts) }),
    card.private ? el("span", { className: "badge secret", textContent: texts.card.private }) : null,
    card.late ? el("span", { className: "badge late", textContent: texts.card.late }) : null,
    looking.length ? el("span", { className: "badge looking", textContent: fill(texts.web.board_looking, { names: looking.join(", ") }) }) : null,
    el("span", { className: "right" }, el("time", { textContent: card.received_at, title: texts.card.received }), past),
  );
}

function words(card, { texts, acts, unfolded }) {
  const long = card.text.length > LONG || card.text.split("\n").length > 9;
  if (!long || unfolded) return [el("p", { className: "words", textContent: card.text })];
  return [
    el("p", { className: "words folded", textContent: card.text }),
    el("button", { type: "button", className: "link", textContent: texts.web.board_unfold, onclick: () => acts.unfold(card) }),
  ];
}

function facts(card, texts) {
  const rows = [
    [texts.card.unit, card.unit],
    [texts.card.group, card.group],
    [texts.card.source, card.source],
  ];
  const pair = ([name, value]) =>
    el("div", {}, el("dt", { textContent: name }), el("dd", { textContent: value || texts.card.not_given }));
  return el("dl", { className: "facts" }, ...rows.map(pair));
}

function proposal(card, texts) {
  if (!card.topic) {
    return el("div", { className: "proposal unsure" }, el("strong", { textContent: texts.card.not_classified }));
  }
  const chosen = card.moved_by_hand || card.state === "approved";
  const unsure = !chosen && card.abstained;
  const how = chosen ? texts.web.board_chosen : unsure ? texts.web.board_unsure : texts.web.board_proposed;
  return el(
    "div",
    { className: unsure ? "proposal unsure" : "proposal" },
    el("div", { className: "how" }, el("span", { textContent: how }), chosen ? null : sureness(card.confidence, unsure, texts)),
    el("strong", { textContent: bodyName(card, texts) }),
    el("span", { className: "where", textContent: card.topic_name }),
    because(card, texts),
  );
}

function because(card, texts) {
  if (!card.because.length) return null;
  const words = card.because.map((phrase) => `“${phrase}”`).join(", ");
  return el("span", { className: "because", textContent: fill(texts.card.because, { words }) });
}

function sureness(confidence, unsure, texts) {
  if (confidence === null) return null;
  const bar = el("i");
  bar.style.width = `${Math.round(confidence * 100)}%`;
  const sentence = fill(unsure ? texts.web.board_guess : texts.web.board_sure, { confidence: Math.round(confidence * 100) });
  return el("span", { className: "sure" }, sentence, el("span", { className: "bar", "aria-hidden": "true" }, bar));
}

const DECIDED = { approved: "approved", rejected: "rejected", redirected: "redirected", spam: "spam", withdrawn: "withdrawn" };

function lines(card, texts) {
  const rows = [];
  const line = (text, mark = "") => rows.push(el("p", { className: `line ${mark}`, textContent: text }));
  const linked = (text, mark) => rows.push(el("p", { className: `line ${mark}` }, ...withCodes(text, (code) => codeLink(code, card))));
  const by = { by: card.decided_by, at: card.decided_at };
  card.notices.forEach((notice) => line(notice, "notice"));
  if (card.private) {
    if (card.state === "rejected") line(fill(texts.card.closed, by), "decided");
    return rows;
  }
  if (card.wording) rows.push(el("p", { className: "line wording" }, el("span", { textContent: texts.web.board_wording_is }), card.wording));
  if (card.members.length) linked(fill(texts.card.merged, { count: card.members.length, codes: card.members.join(", ") }), "similar");
  if (card.supporting.length && !card.unclear) line(fill(texts.card.supporting, { departments: card.supporting.join(", ") }));
  if (card.unassigned && card.state === "waiting") line(texts.card.unassigned, "warn");
  if (card.similar) linked(card.similar, "similar");
  if (card.parts.length) linked(fill(texts.card.split_into, { codes: card.parts.join(", ") }), "similar");
  card.asked.forEach((asked) => line(asked, "notice asked"));
  if (card.masked) line(texts.card.masked, "decided");
  if (card.assignee) line(fill(texts.web.board_assigned, { by: card.assignee }), "decided");
  const where = card.department_name || texts.card.no_department;
  if (DECIDED[card.state]) line(fill(texts.card[DECIDED[card.state]], { department: where, reason: card.reason, body: card.body, ...by }), "decided");
  return rows;
}

// ---------------------------------------------------------------- what can be done

/** What the action is called, its picture, whether it makes sense on this card. */
const SELDOM = {
  merge: { label: (texts) => texts.card.merge, picture: "join", fits: (card) => can(card, "approve") || can(card, "merge") },
  edit_wording: { label: (texts) => texts.web.board_edit_wording, picture: "pen" },
  reroute: { label: (texts) => texts.web.board_reroute, picture: "swap" },
  unmerge: { label: (texts) => texts.card.unmerge, picture: "split", fits: (card) => can(card, "unmerge") && card.members.length > 1 },
  assign: { label: (texts) => texts.card.assign, picture: "person" },
  unassign: { label: (texts) => texts.card.unassign, picture: "person" },
  mask: { label: (texts) => texts.web.board_mask, picture: "hide" },
  ask_back: { label: (texts) => texts.web.board_ask_back, picture: "help" },
  go_on: { label: (texts) => texts.card.go_on, picture: "check" },
  split: { label: (texts) => texts.web.board_split, picture: "split" },
  redirect: { label: (texts) => texts.card.redirect, picture: "out" },
  mark_spam: { label: (texts) => texts.card.mark_spam, picture: "cross" },
  restore: { label: (texts) => texts.card.restore, picture: "inbox", fits: (card) => can(card, "restore") && card.state === "approved" },
  set_apart: { label: (texts) => texts.card.set_apart, picture: "lock", danger: true },
};
export const can = (card, action) => card.actions.includes(action);
const fits = (card, name) => (SELDOM[name].fits ? SELDOM[name].fits(card) : can(card, name));

function actions(card, how) {
  const { texts, acts, busy } = how;
  const row = el("div", { className: "actions" });
  const add = (name, label, picture, act, look = "") => {
    const props = { type: "button", className: `button ${look}`, onclick: act, "data-action": name, disabled: busy };
    row.append(el("button", props, icon(picture), el("span", { textContent: label })));
  };
  if (can(card, "approve") && card.department) {
    add("approve", fill(texts.card.approve_for, { department: card.department_short }), "check", () => acts.approve(card), "main");
  }
  if (can(card, "approve") && (!card.department || card.abstained || card.unassigned)) {
    add("approve-unclear", texts.card.approve_unclear, "check", () => acts.decide(card, { action: "approve", unclear: true }));
  }
  if (!card.members.length && fits(card, "merge")) {
    card.merge_targets.forEach((target) => add("merge-with", fill(texts.card.merge_with, target), "join", () => acts.merge(card, target)));
  }
  if (can(card, "change_topic")) add("change_topic", card.topic ? texts.card.change_topic : texts.card.choose_topic, "swap", () => acts.pick(card));
  if (can(card, "reject")) add("reject", texts.card.reject, "cross", () => acts.refuse(card), "refuse");
  if (can(card, "close")) add("close", texts.card.close, "check", () => acts.ask(card, "close"));
  if (can(card, "open_up")) add("open_up", texts.card.open_up, "swap", () => acts.ask(card, "open_up"));
  if (can(card, "restore") && card.state !== "approved") add("restore", texts.card.restore, "inbox", () => acts.decide(card, { action: "restore" }));
  if (can(card, "undo")) add("undo", texts.card.undo, "undo", () => acts.decide(card, { action: "undo" }));
  const seldom = Object.keys(SELDOM).filter((name) => fits(card, name));
  if (seldom.length) row.append(menu(card, seldom, how));
  return row;
}

function menu(card, names, { texts, acts, busy }) {
  const list = el("div", { role: "menu", className: "menu", hidden: true, "aria-label": texts.card.more });
  const opener = el(
    "button",
    { type: "button", className: "button more", "data-action": "more", "aria-haspopup": "menu", "aria-expanded": "false", disabled: busy },
    el("span", { textContent: texts.card.more }),
  );
  const box = el("div", { className: "menu-box" }, opener, list);
  const rows = names.map((name) => {
    const { label, picture, danger } = SELDOM[name];
    const press = () => {
      shut(true);
      acts.seldom(card, name);
    };
    const props = { type: "button", role: "menuitem", tabIndex: -1, className: danger ? "danger" : "", "data-action": name, onclick: press };
    return el("button", props, icon(picture), el("span", { textContent: label(texts) }));
  });
  list.append(...rows);
  const away = (event) => box.contains(event.target) || shut(false);
  const shut = (back) => {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", away);
    if (back) opener.focus({ preventScroll: true });
  };
  const open = () => {
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", away);
    rows[0].focus({ preventScroll: true });
    list.scrollIntoView({ block: "nearest" });
  };
  opener.addEventListener("click", () => (list.hidden ? open() : shut(true)));
  box.addEventListener("focusout", (event) => !list.hidden && event.relatedTarget && !box.contains(event.relatedTarget) && shut(false));
  box.addEventListener("keydown", (event) => {
    if (list.hidden && event.key === "ArrowDown" && event.target === opener) open();
    else if (list.hidden) return;
    else if (event.key === "Escape") shut(true);
    else if (!walk(rows, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  return box;
}

/** Moves along a menu; whether the key is one of its own. Letters there choose nothing on the board behind. */
function walk(rows, key) {
  const place = rows.indexOf(document.activeElement);
  const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: rows.length - 1 }[key];
  if (next === undefined) return key.length === 1 && key !== " ";
  rows[(next + rows.length) % rows.length].focus();
  return true;
}

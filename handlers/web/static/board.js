// The moderators' board. The server decides everything; this page shows cards, asks for decisions, and looks again
// whenever the server says that something changed.
import { capital, el, fill, fold, getJson, icon, listen, postJson, withCodes } from "./common.js";
import { closeDialog, showKeys, showPicker, showQuestion, showReasons } from "./board-dialogs.js";

const PAGE = 100;
const LONG = 700;
const BETWEEN_LOOKS = 1000;
const PRIVATE = "private"; // asked for like a state
const find = (id) => document.getElementById(id);
const list = find("cards");

let texts; // sections of the catalogue: web, card, state, private_state, reason, reason_label
let departments = [];
let cards = [];
let counts = {};
let privates = null; // how many private ones wait; null for everybody who is no responsible person
let wanted = "waiting"; // the state that is shown; "" is all
let department = "";
let limit = PAGE;
let only = ""; // the receipt code in the address (/ban#HY26-0042-K): that card alone, whatever its state
let at = null; // id of the card that the keyboard is on
let mine = null; // the newest approval or refusal of this window: {card, toast}; what Z takes back
let loaded = false;
const drawn = new Map();
const unfolded = new Set();
const busy = new Set();

// ---------------------------------------------------------------- looking

let looking = null;
let lookAgain = false;

/** Fetch cards and files; several wishes at once become one more look. */
async function look() {
  if (looking) {
    lookAgain = true;
    return looking;
  }
  looking = (async () => {
    try {
      do {
        lookAgain = false;
        await Promise.all([lookAtCards(), lookAtFiles()]);
        if (lookAgain) await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
      } while (lookAgain);
    } catch (fault) {
      if (fault.status === 401) location.reload();
      find("lost").hidden = false;
    } finally {
      looking = null;
    }
  })();
  return looking;
}

async function lookAtCards() {
  const [state, code] = [wanted, only];
  const answer = await getJson(code ? `/api/board/cards?code=${code}` : `/api/board/cards?state=${state}&limit=${limit}`);
  if (state !== wanted || code !== only) return;
  cards = answer.cards;
  counts = answer.counts;
  privates = answer.private;
  loaded = true;
  draw();
}

// ---------------------------------------------------------------- which cards

function total() {
  if (wanted === PRIVATE) return cards.length;
  return wanted ? (counts[wanted] ?? 0) : Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function shown() {
  const words = fold(find("search").value).split(" ").filter(Boolean);
  const order = ["waiting", "approved", "rejected", "withdrawn"];
  return cards
    .filter((card) => !department || bodyOf(card) === department)
    .filter((card) => words.every((word) => haystack(card).includes(word)))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

/** The department's id; "-" where the topic is nobody's, "?" where it is not clear whose. */
function bodyOf(card) {
  if (card.department) return card.department;
  return card.unassigned || card.unclear || !card.topic ? "?" : "-";
}

function bodyName(card) {
  return bodyOf(card) === "-" ? texts.web.board_nobody : card.department_name || capital(texts.card.no_department);
}

function haystack(card) {
  const fields = [card.code, card.text, card.unit, card.group, card.topic_name, card.department_name];
  card.haystack ??= fold(fields.join(" "));
  return card.haystack;
}

// ---------------------------------------------------------------- drawing

function draw() {
  const visible = shown();
  drawStates();
  drawDepartments();
  drawCards(visible);
  const filtered = visible.length !== total();
  const count = filtered ? texts.web.board_shown_of : texts.web.board_shown;
  find("count").textContent = total() ? fill(count, { count: visible.length, total: total() }) : "";
  find("private-note").hidden = wanted !== PRIVATE;
  find("more").hidden = Boolean(only) || cards.length >= total() || !loaded;
  drawEmpty(visible);
}

function drawStates() {
  const rows = [...Object.keys(counts), ""].map((state) => {
    const count = state ? counts[state] : Object.values(counts).reduce((sum, one) => sum + one, 0);
    return stateRow(state, state ? texts.state[state] : texts.web.board_all, count);
  });
  if (privates !== null) rows.unshift(stateRow(PRIVATE, texts.web.board_private, privates));
  const focused = find("states").contains(document.activeElement) ? document.activeElement.dataset.state : null;
  find("states").replaceChildren(...rows);
  if (focused !== null) rows.find((row) => row.dataset.state === focused)?.focus();
}

function stateRow(state, label, count) {
  const secret = state === PRIVATE;
  const props = { type: "button", className: secret ? "state secret" : "state", "aria-pressed": String(state === wanted), "data-state": state };
  return el(
    "button",
    { ...props, onclick: () => choose(state) },
    secret ? icon("lock") : null,
    el("span", { textContent: capital(label) }),
    el("span", { className: secret && count ? "number waits" : "number", textContent: count.toLocaleString("vi") }),
  );
}

function choose(state) {
  wanted = state;
  if (only) forgetOnly();
  limit = PAGE;
  loaded = false;
  cards = [];
  draw();
  look();
}

/** Show the card that the address names; the search box says why no other is there. */
function chooseOnly() {
  const code = /^#([A-Z][A-Z0-9]*-\d{4,7}-[A-Z])$/.exec(location.hash)?.[1] ?? "";
  if (!code || code === only) return false;
  [only, wanted, department, loaded, cards] = [code, "", "", false, []];
  find("search").value = code;
  return true;
}

function forgetOnly() {
  if (find("search").value === only) find("search").value = "";
  only = "";
  history.replaceState(null, "", location.pathname);
}

function searched() {
  if (only) {
    forgetOnly();
    look();
  }
  draw();
}

function drawDepartments() {
  const many = new Map();
  cards.forEach((card) => many.set(bodyOf(card), (many.get(bodyOf(card)) ?? 0) + 1));
  if (department && !many.has(department)) many.set(department, 0);
  const names = new Map(departments.map((body) => [body.id, body.name]));
  names.set("?", capital(texts.card.no_department)).set("-", texts.web.board_nobody);
  cards.forEach((card) => names.set(bodyOf(card), bodyName(card)));
  const rows = [...many].map(([id, count]) => ({ id, label: `${names.get(id) ?? id} (${count})` }));
  rows.sort((a, b) => a.label.localeCompare(b.label, "vi"));
  const look = JSON.stringify([rows, department]);
  if (find("department").dataset.look === look) return;
  find("department").dataset.look = look;
  const any = el("option", { value: "", textContent: texts.web.board_any_department });
  find("department").replaceChildren(any, ...rows.map((row) => el("option", { value: row.id, textContent: row.label })));
  find("department").value = department;
}

function drawCards(visible) {
  const keyboardLeft = drawn.get(at)?.contains(document.activeElement);
  const next = heir(visible);
  const ids = new Set(visible.map((card) => card.id));
  for (const [id, node] of drawn) {
    if (!ids.has(id)) {
      node.remove();
      drawn.delete(id);
    }
  }
  let before = null;
  for (const card of visible) {
    const node = drawn.get(card.id) ?? el("article", { className: "card", tabIndex: -1, "data-id": card.id });
    drawn.set(card.id, node);
    paint(node, card);
    const place = before ? before.nextSibling : list.firstChild;
    if (place !== node) list.insertBefore(node, place);
    before = node;
  }
  if (next !== undefined) goTo(next, keyboardLeft);
}

/** Who takes over where the card under the keyboard is about to vanish: the one after it, else the one before it, null
 * where none is left; undefined where it stays. */
function heir(visible) {
  const ids = new Set(visible.map((card) => card.id));
  if (at === null || ids.has(at)) return undefined;
  const order = [...list.children].map((node) => Number(node.dataset.id));
  const place = order.indexOf(at);
  const after = order.slice(place + 1).find((id) => ids.has(id));
  const id = after ?? order.slice(0, Math.max(0, place)).reverse().find((one) => ids.has(one));
  return visible.find((card) => card.id === id) ?? null;
}

function drawEmpty(visible) {
  const none = loaded && !visible.length;
  find("empty").hidden = !none;
  if (!none) return;
  const narrowed = department || find("search").value.trim();
  const [head, more] = narrowed
    ? [texts.web.board_empty_filter, texts.web.board_empty_filter_more]
    : wanted === PRIVATE
      ? [texts.web.board_empty_private, ""]
    : wanted === "waiting"
      ? [texts.web.board_empty_waiting, texts.web.board_empty_waiting_more]
      : [texts.web.board_empty, ""];
  find("empty").querySelector("h2").textContent = head;
  find("empty").querySelector("p").textContent = more;
}

function paint(node, card) {
  node.classList.toggle("at", card.id === at);
  node.classList.toggle("busy", busy.has(card.id));
  node.classList.toggle("secret", card.private);
  const look = JSON.stringify([card.version, card.state, card.department, card.similar, card.notices, card.private, busy.has(card.id), unfolded.has(card.id)]);
  if (node.dataset.look === look) return;
  const focused = node.contains(document.activeElement);
  node.dataset.look = look;
  node.setAttribute("aria-label", `${card.code}, ${stateOf(card)}`);
  const where = card.private ? null : proposal(card);
  const parts = [head(card), ...words(card), facts(card), where, ...lines(card), actions(card)];
  node.replaceChildren(...parts.filter(Boolean));
  if (focused) node.focus({ preventScroll: true });
}

const stateOf = (card) => (card.private ? texts.private_state : texts.state)[card.state];

/** A code of the same programme (their prefixes differ) leads to its card. */
function codeLink(code, card) {
  const here = code.split("-")[0] === card.code.split("-")[0];
  return here
    ? el("a", { className: "receipt", href: `#${code}`, textContent: code })
    : el("span", { className: "receipt", textContent: code });
}

function head(card) {
  return el(
    "header",
    {},
    el("span", { className: "code", textContent: card.code }),
    el("span", { className: `badge ${card.state}`, textContent: capital(stateOf(card)) }),
    card.private ? el("span", { className: "badge secret", textContent: texts.card.private }) : null,
    card.late ? el("span", { className: "badge late", textContent: texts.card.late }) : null,
    el("time", { textContent: card.received_at, title: texts.card.received }),
  );
}

function words(card) {
  const long = card.text.length > LONG || card.text.split("\n").length > 9;
  if (!long || unfolded.has(card.id)) return [el("p", { className: "words", textContent: card.text })];
  const unfold = () => {
    unfolded.add(card.id);
    draw();
  };
  return [
    el("p", { className: "words folded", textContent: card.text }),
    el("button", { type: "button", className: "link", textContent: texts.web.board_unfold, onclick: unfold }),
  ];
}

function facts(card) {
  const rows = [
    [texts.card.unit, card.unit],
    [texts.card.group, card.group],
    [texts.card.source, card.source],
  ];
  const pair = ([name, value]) =>
    el("div", {}, el("dt", { textContent: name }), el("dd", { textContent: value || texts.card.not_given }));
  return el("dl", { className: "facts" }, ...rows.map(pair));
}

function proposal(card) {
  if (!card.topic) {
    return el("div", { className: "proposal unsure" }, el("strong", { textContent: texts.card.not_classified }));
  }
  const chosen = card.moved_by_hand || card.state === "approved";
  const unsure = !chosen && card.abstained;
  const how = chosen ? texts.web.board_chosen : unsure ? texts.web.board_unsure : texts.web.board_proposed;
  const where = bodyName(card);
  return el(
    "div",
    { className: unsure ? "proposal unsure" : "proposal" },
    el("div", { className: "how" }, el("span", { textContent: how }), chosen ? null : sureness(card.confidence, unsure)),
    el("strong", { textContent: where }),
    el("span", { className: "where", textContent: card.topic_name }),
    because(card),
  );
}

function because(card) {
  if (!card.because.length) return null;
  const words = card.because.map((phrase) => `“${phrase}”`).join(", ");
  return el("span", { className: "because", textContent: fill(texts.card.because, { words }) });
}

function sureness(confidence, unsure) {
  if (confidence === null) return null;
  const bar = el("i");
  bar.style.width = `${Math.round(confidence * 100)}%`;
  const sentence = fill(unsure ? texts.web.board_guess : texts.web.board_sure, { confidence: Math.round(confidence * 100) });
  return el("span", { className: "sure" }, sentence, el("span", { className: "bar", "aria-hidden": "true" }, bar));
}

function lines(card) {
  const rows = [];
  const line = (text, mark = "") => rows.push(el("p", { className: `line ${mark}`, textContent: text }));
  const by = { by: card.decided_by, at: card.decided_at };
  card.notices.forEach((notice) => line(notice, "notice"));
  if (card.private) {
    if (card.state === "rejected") line(fill(texts.card.closed, by), "decided");
    return rows;
  }
  if (card.supporting.length && !card.unclear) line(fill(texts.card.supporting, { departments: card.supporting.join(", ") }));
  if (card.unassigned && card.state === "waiting") line(texts.card.unassigned, "warn");
  if (card.similar) rows.push(el("p", { className: "line similar" }, ...withCodes(card.similar, (code) => codeLink(code, card))));
  const where = card.department_name || texts.card.no_department;
  if (card.state === "approved") line(fill(texts.card.approved, { department: where, ...by }), "decided");
  if (card.state === "rejected") line(fill(texts.card.rejected, { reason: card.reason, ...by }), "decided");
  if (card.state === "withdrawn") line(texts.card.withdrawn, "decided");
  return rows;
}

function actions(card) {
  const row = el("div", { className: "actions" });
  const can = (action) => card.actions.includes(action);
  const add = (name, label, picture, act, look = "") => {
    const props = { type: "button", className: `button ${look}`, onclick: act, "data-action": name, disabled: busy.has(card.id) };
    row.append(el("button", props, icon(picture), el("span", { textContent: label })));
  };
  if (can("approve") && card.department) {
    add("approve", fill(texts.card.approve_for, { department: card.department_short }), "check", () => approve(card), "main");
  }
  if (can("approve") && (!card.department || card.abstained || card.unassigned)) {
    add("approve-unclear", texts.card.approve_unclear, "check", () => decide(card, { action: "approve", unclear: true }));
  }
  if (can("change_topic")) add("change_topic", card.topic ? texts.card.change_topic : texts.card.choose_topic, "swap", () => pick(card));
  if (can("reject")) add("reject", texts.card.reject, "cross", () => refuse(card), "refuse");
  if (can("close")) add("close", texts.card.close, "check", () => ask(card, "close"));
  if (can("open_up")) add("open_up", texts.card.open_up, "swap", () => ask(card, "open_up"));
  if (can("undo")) add("undo", texts.card.undo, "undo", () => decide(card, { action: "undo" }));
  return row;
}

// ---------------------------------------------------------------- deciding

const UNDOABLE = ["approve", "reject", "close"];
const approve = (card) => decide(card, { action: "approve", unclear: !card.department });
const pick = (card) => showPicker(texts, departments, card, (topic) => decide(card, { action: "change_topic", topic }));
const ask = (card, action) => showQuestion(texts, card, texts.web[`board_ask_${action}`], texts.card[action], () => decide(card, { action }));
const setApart = (card) => decide(card, { action: "set_apart" });
const refuse = (card) => showReasons(texts, card, (reason) => decide(card, { action: "reject", reason }), () => setApart(card));

async function decide(card, decision) {
  if (busy.has(card.id)) return;
  busy.add(card.id);
  draw();
  const body = { version: card.version, ...decision };
  const answer = await postJson(`/api/board/cards/${card.id}/decide`, body).catch(() => null);
  busy.delete(card.id);
  if (!answer) {
    toast(texts.web.board_failed, { refused: true });
  } else if (answer.status === 200) {
    done(answer.data, decision.action);
  } else {
    if (mine?.card.id === card.id) forgetMine();
    toast(answer.data.message || texts.web.fault, { refused: true });
  }
  if (answer?.data.card) replaceCard(answer.data.card);
  else if (answer?.data.card === null) cards = cards.filter((one) => one.id !== card.id);
  draw();
  look();
}

/** What was decided is said, and an approval or a refusal can be taken back: by its toast or, the newest, by Z. There is
 * no card any more where it is not for this moderator's eyes. */
function done({ message, card }, action) {
  if (card && mine?.card.id === card.id) forgetMine();
  if (!card || !UNDOABLE.includes(action)) {
    toast(message);
    return;
  }
  const made = { card };
  made.toast = toast(message, { undo: () => takeBack(made) });
  mine = made;
}

function takeBack(made) {
  made.toast.remove();
  keepPlace();
  return decide(made.card, { action: "undo" });
}

function forgetMine() {
  mine.toast.remove();
  mine = null;
}

function undoMine() {
  if (mine) takeBack(mine);
  else toast(texts.web.board_nothing_to_undo);
}

function replaceCard(card) {
  const belongs = (one) => (wanted === PRIVATE ? one.private : !one.private && (!wanted || one.state === wanted));
  cards = cards.map((one) => (one.id === card.id ? card : one)).filter(belongs);
}

function toast(text, { refused = false, undo = null } = {}) {
  const node = el("div", { className: refused ? "toast refused" : "toast" }, el("span", {}, ...withCodes(text)));
  if (undo) node.append(el("button", { type: "button", textContent: texts.card.undo, onclick: undo }));
  find("toasts").append(node);
  while (find("toasts").children.length > 3) find("toasts").firstChild.remove();
  setTimeout(() => node.remove(), refused ? 9000 : 6000);
  return node;
}

// ---------------------------------------------------------------- workbooks

async function lookAtFiles() {
  const { files, making, failed } = await getJson("/api/board/exports");
  const button = find("export");
  button.disabled = making;
  button.querySelector("span").textContent = making ? texts.web.board_exporting : texts.web.board_export;
  if (button.dataset.asked && !making) {
    delete button.dataset.asked;
    const done = fill(texts.web.board_exported, { number: files[0]?.number });
    toast(failed ? texts.web.board_export_failed : done, { refused: failed });
  }
  const none = el("li", { className: "none", textContent: texts.web.board_no_files });
  find("files").replaceChildren(...(files.length ? files.slice(0, 8).map(fileRow) : [none]));
}

function fileRow(file) {
  const name = el(
    "span",
    {},
    fill(texts.web.board_file, { number: file.number }),
    el("small", { textContent: fill(texts.web.board_file_by, file) }),
  );
  if (!file.here) return el("li", { className: "away", title: texts.web.board_file_gone }, name);
  const label = fill(texts.web.board_download, { number: file.number });
  const address = `/api/board/exports/${file.number}`;
  return el("li", {}, el("a", { href: address, download: file.name, "aria-label": label }, icon("file"), name));
}

async function makeWorkbook() {
  find("export").dataset.asked = "1";
  find("export").disabled = true;
  const answer = await postJson("/api/board/export", {}).catch(() => null);
  if (answer?.status !== 202) {
    delete find("export").dataset.asked;
    find("export").disabled = false;
    toast(answer?.data.message || texts.web.board_failed, { refused: true });
  }
  look();
}

// ---------------------------------------------------------------- keyboard

/** Puts the keyboard's place on a card (null: none is left); without `focus` it is only remembered. */
function goTo(card, focus = true) {
  at = card?.id ?? null;
  drawn.forEach((node, id) => node.classList.toggle("at", id === at));
  if (!focus) return;
  const node = drawn.get(at) ?? list;
  node.focus({ preventScroll: true });
  if (node !== list) node.scrollIntoView({ block: "nearest" });
}

/** What had the focus (a dialog, a toast, a card behind a dialog) may have gone: then back to the keyboard's card. */
function keepPlace() {
  const card = cards.find((one) => one.id === at);
  const now = document.activeElement;
  if (card && (!now || now === document.body || find("dialog").contains(now))) goTo(card);
}

function step(by) {
  const visible = shown();
  const place = visible.findIndex((card) => card.id === at);
  goTo(visible[Math.max(0, Math.min(visible.length - 1, place < 0 ? 0 : place + by))] ?? null);
}

const onCard = (action, act) => () => {
  const card = cards.find((one) => one.id === at);
  if (card?.actions.includes(action)) act(card);
};
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  d: onCard("approve", approve),
  c: onCard("change_topic", pick),
  r: onCard("reject", refuse),
  z: undoMine,
  "/": () => find("search").focus(),
  "?": () => showKeys(texts),
};

function pressed(event) {
  if (event.key === "Escape" && event.target === find("search")) find("search").blur();
  const typing = event.target.matches?.("input, textarea, select");
  if (typing || find("dialog").open || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const act = KEYS[event.key.toLowerCase()];
  if (act && texts) {
    event.preventDefault();
    act();
  }
}

// ---------------------------------------------------------------- beginning

function wire() {
  find("search").addEventListener("input", searched);
  addEventListener("hashchange", () => chooseOnly() && look());
  find("department").addEventListener("change", (event) => {
    department = event.target.value;
    draw();
  });
  find("more").addEventListener("click", () => {
    limit += PAGE;
    look();
  });
  find("export").addEventListener("click", makeWorkbook);
  find("leave").addEventListener("click", () => postJson("/api/board/leave", {}).then(() => location.reload()));
  find("show-keys").addEventListener("click", () => showKeys(texts));
  find("dialog").addEventListener("click", (event) => event.target === find("dialog") && closeDialog());
  find("dialog").addEventListener("close", keepPlace);
  list.addEventListener("focusin", (event) => {
    const card = event.target.closest(".card");
    if (card && Number(card.dataset.id) !== at) {
      at = Number(card.dataset.id);
      drawn.forEach((node, id) => node.classList.toggle("at", id === at && document.activeElement === node));
    }
  });
  addEventListener("keydown", pressed);
}

async function start() {
  const [sections, topics] = await Promise.all([getJson("/api/board/texts"), getJson("/api/board/topics")]);
  texts = sections;
  departments = topics.departments;
  wire();
  chooseOnly();
  await look();
  listen(() => "/api/board/stream", { news: look }, (up) => (find("lost").hidden = up));
  document.body.dataset.ready = "1";
}

start().catch(() => {
  find("lost").hidden = false;
  setTimeout(() => location.reload(), 5000);
});

// The moderators' board. The server decides everything; this page shows cards, asks for decisions, and looks again
// whenever the server says that something changed. The list is places (id, version, code); cards are fetched as they
// are drawn, and drawn as somebody comes to them.
import { bodyName, can, cardParts, stateName, stateOf } from "./board-cards.js";
import { closeDialog, showBodies, showKeys, showPicker, showQuestion, showReasons } from "./board-dialogs.js";
import { showAskBack, showGather, showHistory, showMask, showMerge, showOutcomes, showReroute, showSplit, showWording } from "./board-work.js";
import { capital, el, fill, getJson, icon, listen, newId, postJson, withCodes } from "./common.js";

const PAGE = 30; // cards that are drawn more at a time
const AT_ONCE = 100; // cards, or decisions, in one request
const BETWEEN_LOOKS = 1000;
const TYPING = 200; // milliseconds without a key before a search asks the server
const HERE_AGAIN = 12_000; // says anew at which card this page is; the server forgets after thirty seconds
const PRIVATE = "private"; // asked for like a state
const USUAL = { state: "waiting", department: "", topic: "", unit: "", days: "", mine: "", text: "" };
const CODE = /^#([A-Z][A-Z0-9]*-\d{4,7}-[A-Z](?:\/\d{1,2})?)$/;
const find = (id) => document.getElementById(id);
const list = find("cards");
const page = newId();

let texts; // sections of the catalogue: web, card, state, private_state, reason, reason_label, body, body_label
let departments = []; // with the topics that they lead
let bodies = []; // every department
let filter = { ...USUAL };
let view = null; // the server's last answer: places, total, counts, what there is to narrow by
let fresh = true; // another list was chosen, and nothing of it is here yet
let many = PAGE; // how many places are drawn
let at = null; // id of the card that the keyboard is on
let mine = null; // the newest decision of this window: {undo, card, toast}; what Z takes back
let anchor = null; // the card that was selected last: a range begins there
let looking = {}; // names of those who look at a card, by its id
const cards = new Map(); // by id, as last fetched
const drawn = new Map();
const unfolded = new Set();
const selected = new Set();
const busy = new Set();
const seen = new Set(); // ids of cards on the screen

// ---------------------------------------------------------------- looking

let under = null;
let lookAgain = false;

/** Fetch the list, the cards that are wanted, and files; several wishes at once become one more look. */
async function look() {
  if (under) {
    lookAgain = true;
    return under;
  }
  under = (async () => {
    try {
      do {
        lookAgain = false;
        await Promise.all([lookAtCards(), lookAtFiles()]);
        if (lookAgain && !fresh) await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
      } while (lookAgain);
    } catch (fault) {
      if (fault.status === 401) location.reload();
      find("lost").hidden = false;
    } finally {
      under = null;
    }
  })();
  return under;
}

async function lookAtCards() {
  const wanted = query();
  const answer = await getJson(`/api/board/cards?${wanted}&limit=${fresh ? PAGE : 0}`);
  if (wanted !== query()) {
    lookAgain = true;
    return;
  }
  answer.cards.forEach((card) => cards.set(card.id, card));
  const known = fresh;
  [view, fresh] = [answer, false];
  find("trouble").textContent = answer.trouble;
  find("trouble").hidden = !answer.trouble;
  await fetchCards(known);
  draw();
}

/** The cards that are to be drawn and are not here in their present version, and those on the screen: what is similar to
 * them may have been decided without a change of their own. */
async function fetchCards(known = false) {
  const window = view.places.slice(0, many);
  const ids = window.filter(([id, version]) => cards.get(id)?.version !== version || (!known && seen.has(id))).map(([id]) => id);
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const answer = await getJson(`/api/board/cards?ids=${ids.slice(start, start + AT_ONCE).join(",")}`);
    answer.cards.forEach((card) => cards.set(card.id, card));
  }
}

const query = () => new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();

// ---------------------------------------------------------------- which cards

const shown = () => (view?.places ?? []).slice(0, many).map(([id]) => cards.get(id)).filter(Boolean);

/** Another list: its address can be kept and sent. */
function choose(change, { write = true } = {}) {
  const typed = write ? { text: find("search").value.trim() } : {}; // perhaps not asked for yet
  filter = { ...filter, ...typed, ...change };
  many = PAGE;
  fresh = true;
  if (view) [view.places, view.total] = [[], 0];
  selected.clear();
  if (write) writeAddress();
  showFilter();
  draw();
  look();
}

function writeAddress() {
  const narrowed = Object.entries(filter).filter(([name, value]) => value !== USUAL[name]);
  const address = new URLSearchParams(narrowed).toString();
  history.replaceState(null, "", address ? `#${address}` : location.pathname);
}

/** What the address asks for: filters, or one card by its code, whatever its state. Whether that is another list. */
function readAddress() {
  const code = CODE.exec(location.hash)?.[1];
  const asked = new URLSearchParams(location.hash.slice(1));
  const given = Object.keys(USUAL).filter((name) => asked.has(name)).map((name) => [name, asked.get(name)]);
  const next = code ? { ...USUAL, state: "", text: code } : { ...USUAL, ...Object.fromEntries(given) };
  if (JSON.stringify(next) === JSON.stringify(filter)) return false;
  filter = next;
  return true;
}

const ALWAYS = ["waiting", "approved", "rejected", "withdrawn"]; // other states are tabs only where there is something
const isCode = (text) => CODE.test(`#${text}`);

/** A code shows one card whatever its state; leaving it leads back to what waits. */
const away = () => (isCode(filter.text) && filter.state === "" ? { text: "" } : {});

function showFilter() {
  if (find("search").value.trim() !== filter.text) find("search").value = filter.text;
  find("mine").checked = Boolean(filter.mine);
  find("days").value = filter.days;
  const narrowed = ["department", "topic", "unit", "days", "mine"].filter((name) => filter[name]).length;
  find("narrowed").textContent = narrowed ? `(${narrowed})` : "";
  find("clear").hidden = !narrowed;
}

// ---------------------------------------------------------------- drawing

function draw() {
  const visible = shown();
  const places = view?.places ?? [];
  drawStates();
  drawOptions();
  drawCards(visible);
  const count = places.length !== view?.total ? texts.web.board_shown_of : texts.web.board_shown;
  find("count").textContent = view?.total ? fill(count, { count: places.length, total: view.total }) : "";
  find("private-note").hidden = filter.state !== PRIVATE;
  find("more").hidden = places.length <= many;
  drawEmpty(visible);
  drawBulk();
}

function drawStates() {
  if (!view) return;
  const same = JSON.stringify([view.counts, view.private, filter.state]);
  if (find("states").dataset.look === same) return; // a button that is new under the finger would lose its click
  find("states").dataset.look = same;
  const sum = Object.values(view.counts).reduce((all, one) => all + one, 0);
  const listed = Object.entries(view.counts).filter(([state, count]) => ALWAYS.includes(state) || state === filter.state || (count && state !== "joined"));
  const rows = listed.map(([state, count]) => stateRow(state, stateName(state, texts), count));
  rows.push(stateRow("", texts.web.board_all, sum));
  if (view.private !== null) rows.unshift(stateRow(PRIVATE, texts.web.board_private, view.private));
  const focused = find("states").contains(document.activeElement) ? document.activeElement.dataset.state : null;
  const left = find("states").scrollLeft;
  find("states").replaceChildren(...rows);
  find("states").scrollLeft = left;
  if (focused !== null) rows.find((row) => row.dataset.state === focused)?.focus();
}

function stateRow(state, label, count) {
  const secret = state === PRIVATE;
  const props = { type: "button", className: secret ? "state secret" : "state", "aria-pressed": String(state === filter.state), "data-state": state };
  return el(
    "button",
    { ...props, onclick: () => choose({ ...away(), state }) },
    secret ? icon("lock") : null,
    el("span", { textContent: label }),
    el("span", { className: secret && count ? "number waits" : "number", textContent: count.toLocaleString("vi") }),
  );
}

/** What there is to narrow by in this state; what is chosen stays to be seen even where none is left of it. */
function drawOptions() {
  const named = new Map(bodies.map((body) => [body.id, body.name]));
  named.set("?", capital(texts.card.no_department)).set("-", texts.web.board_nobody);
  const topics = new Map(departments.flatMap((body) => body.topics.map((topic) => [topic.code, topic.name])));
  options("department", texts.web.board_any_department, view?.departments, (one) => one.name || named.get(one.id), named);
  options("topic", texts.web.board_any_topic, view?.topics, (one) => one.name, topics);
  options("unit", texts.web.board_any_unit, view?.units, (one) => one.name, new Map());
}

function options(name, any, counts = [], label, names) {
  const rows = counts.map((one) => ({ id: one.id, label: `${label(one)} (${one.count})` }));
  const chosen = filter[name];
  if (chosen && !rows.some((row) => row.id === chosen)) rows.push({ id: chosen, label: `${names.get(chosen) ?? chosen} (0)` });
  const same = JSON.stringify([rows, chosen]);
  if (find(name).dataset.look === same) return;
  find(name).dataset.look = same;
  find(name).replaceChildren(el("option", { value: "", textContent: any }), ...rows.map((row) => el("option", { value: row.id, textContent: row.label })));
  find(name).value = chosen;
}

function drawCards(visible) {
  const keyboardLeft = drawn.get(at)?.contains(document.activeElement);
  const next = heir(visible);
  const ids = new Set(visible.map((card) => card.id));
  for (const [id, node] of drawn) {
    if (!ids.has(id)) {
      watcher.unobserve(node);
      seen.delete(id);
      node.remove();
      drawn.delete(id);
    }
  }
  let before = null;
  for (const card of visible) {
    const node = drawn.get(card.id) ?? newNode(card);
    paint(node, card);
    const place = before ? before.nextSibling : list.firstChild;
    if (place !== node) list.insertBefore(node, place);
    before = node;
  }
  if (next !== undefined) goTo(next, keyboardLeft);
}

function newNode(card) {
  const node = el("article", { className: "card", tabIndex: -1, "data-id": card.id });
  drawn.set(card.id, node);
  watcher.observe(node);
  return node;
}

const watcher = new IntersectionObserver((entries) => {
  entries.forEach(({ target, isIntersecting }) => seen[isIntersecting ? "add" : "delete"](Number(target.dataset.id)));
});

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
  const none = view && !fresh && !view.places.length && !visible.length;
  find("empty").hidden = !none;
  if (!none) return;
  const narrowed = Object.entries(filter).some(([name, value]) => name !== "state" && value);
  const [head, more] = narrowed
    ? [texts.web.board_empty_filter, texts.web.board_empty_filter_more]
    : filter.state === PRIVATE
      ? [texts.web.board_empty_private, ""]
    : filter.state === "waiting"
      ? [texts.web.board_empty_waiting, texts.web.board_empty_waiting_more]
      : [texts.web.board_empty, ""];
  find("empty").querySelector("h2").textContent = head;
  find("empty").querySelector("p").textContent = more;
}

function paint(node, card) {
  node.classList.toggle("at", card.id === at);
  node.classList.toggle("busy", busy.has(card.id));
  node.classList.toggle("secret", card.private);
  node.classList.toggle("selected", selected.has(card.id));
  const how = { texts, acts, busy: busy.has(card.id), unfolded: unfolded.has(card.id), selected: selected.has(card.id), looking: looking[card.id] ?? [] };
  const same = JSON.stringify([card, how.busy, how.unfolded, how.selected, how.looking]);
  if (node.dataset.look === same) return;
  const focused = node.contains(document.activeElement) && document.activeElement;
  const held = focused && focused.closest?.(".choose") ? ".choose input" : null;
  node.dataset.look = same;
  node.setAttribute("aria-label", `${card.code}, ${stateOf(card, texts)}`);
  node.replaceChildren(...cardParts(card, how));
  if (focused) ((held && node.querySelector(held)) || node).focus({ preventScroll: true });
}

// ---------------------------------------------------------------- deciding

const UNDOES_NOTHING = ["undo", "assign", "unassign"]; // saying the opposite is as near

const acts = {
  decide,
  approve: (card) => decide(card, { action: "approve", unclear: !card.department }),
  pick: (card) => showPicker(texts, departments, card, (topic) => decide(card, { action: "change_topic", topic })),
  ask: (card, action) => showQuestion(texts, card.code, texts.web[`board_ask_${action}`], texts.card[action], () => decide(card, { action })),
  refuse: (card) =>
    showReasons(texts, fill(texts.web.board_reject, { code: card.code }), (reason) => decide(card, { action: "reject", reason }), can(card, "set_apart") ? () => decide(card, { action: "set_apart" }) : null),
  merge: (card, target = null) => showMerge(texts, card, target, ({ issue }) => decide(card, { action: can(card, "approve") ? "approve" : "merge", into: issue })),
  history: (card) => showHistory(texts, card),
  unfold: (card) => {
    unfolded.add(card.id);
    draw();
  },
  select,
  seldom: (card, name) => (SELDOM[name] ?? ((one) => decide(one, { action: name })))(card),
};
const SELDOM = {
  merge: (card) => acts.merge(card),
  edit_wording: (card) => showWording(texts, card, (wording) => decide(card, { action: "edit_wording", wording })),
  reroute: (card) => showReroute(texts, bodies, card, (lead, supporting) => decide(card, { action: "reroute", lead, supporting })),
  redirect: (card) => showBodies(texts, card, (body) => decide(card, { action: "redirect", body })),
  ask_back: (card) => showAskBack(texts, card, (question) => decide(card, { action: "ask_back", question })),
  split: (card) => showSplit(texts, card, (parts) => decide(card, { action: "split", parts })),
  mask: (card) => showMask(texts, card, (hide) => decide(card, { action: "mask", hide })),
  set_apart: (card) => showQuestion(texts, card.code, texts.web.board_ask_set_apart, texts.web.board_set_apart, () => decide(card, { action: "set_apart" })),
};

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
    if (mine?.id === card.id) forgetMine();
    toast(answer.data.message || texts.web.fault, { refused: true });
  }
  if (answer?.data.card) replaceCard(answer.data.card);
  else if (answer?.data.card === null) forgetCard(card.id);
  draw();
  look();
}

/** What was decided is said, and can be taken back: by its toast or, the newest, by Z. There is no card any more where it
 * is not for this moderator's eyes. */
function done({ message, card }, action) {
  if (card && mine?.id === card.id) forgetMine();
  if (!card || UNDOES_NOTHING.includes(action) || !can(card, "undo")) toast(message);
  else remember(card.id, message, () => decide(card, { action: "undo" }));
}

function remember(id, message, undo) {
  const made = { id, undo };
  made.toast = toast(message, { undo: () => takeBack(made) });
  mine = made;
}

function takeBack(made) {
  made.toast.remove();
  if (mine === made) mine = null;
  keepPlace();
  return made.undo();
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
  const belongs = filter.state === PRIVATE ? card.private : !card.private && (!filter.state || card.state === filter.state);
  cards.set(card.id, card);
  selected.delete(card.id);
  if (!belongs) forgetPlace(card.id);
}

function forgetCard(id) {
  cards.delete(id);
  forgetPlace(id);
}

function forgetPlace(id) {
  if (view) view.places = view.places.filter(([one]) => one !== id);
}

function toast(text, { refused = false, undo = null } = {}) {
  const node = el("div", { className: refused ? "toast refused" : "toast" }, el("span", {}, ...withCodes(text)));
  if (undo) node.append(el("button", { type: "button", textContent: texts.card.undo, onclick: undo }));
  find("toasts").append(node);
  while (find("toasts").children.length > 3) find("toasts").firstChild.remove();
  setTimeout(() => node.remove(), refused ? 9000 : 6000);
  return node;
}

// ---------------------------------------------------------------- many at once

/** Select a card or let it go; with `range` all from the one that was selected last. */
function select(card, range) {
  const order = view.places.map(([id]) => id);
  const [from, to] = [order.indexOf(anchor), order.indexOf(card.id)].sort((a, b) => a - b);
  const on = !selected.has(card.id);
  const touched = range && from >= 0 ? order.slice(from, to + 1) : [card.id];
  touched.forEach((id) => selected[on ? "add" : "delete"](id));
  anchor = card.id;
  draw();
}

function selectAll() {
  const all = view.places.every(([id]) => selected.has(id));
  selected.clear();
  if (!all) view.places.forEach(([id]) => selected.add(id));
  draw();
}

function letGo() {
  selected.clear();
  draw();
  keepPlace();
}

const chosenCards = () => [...selected].map((id) => cards.get(id)).filter(Boolean);
const chosenPlaces = () => view.places.filter(([id]) => selected.has(id)).map(([id, version]) => [id, version]);

function drawBulk() {
  const known = new Set((view?.places ?? []).map(([id]) => id));
  if (!fresh) [...selected].filter((id) => !known.has(id)).forEach((id) => selected.delete(id));
  const count = selected.size;
  find("bulk").hidden = !count;
  document.body.classList.toggle("choosing", count > 0);
  if (!count) return;
  find("chosen").textContent = fill(texts.web.bulk_chosen, { count });
  find("select-all").textContent = count === known.size ? texts.web.bulk_none : fill(texts.web.bulk_all, { count: known.size });
  const may = (action) => chosenCards().some((card) => can(card, action));
  find("bulk-approve").hidden = !may("approve");
  find("bulk-reject").hidden = !may("reject");
  find("bulk-assign").hidden = !may("assign");
  find("bulk-merge").hidden = count < 2 || count > AT_ONCE || !(may("approve") || may("merge"));
}

/** The same decision for all that are selected, as many at a time as one request takes. */
async function decideAll(decision, said, places = chosenPlaces()) {
  const outcomes = [];
  places.forEach(([id]) => busy.add(id));
  draw();
  for (let start = 0; start < places.length; start += AT_ONCE) {
    if (places.length > AT_ONCE) find("count").textContent = fill(texts.web.bulk_doing, { done: start, count: places.length });
    const answer = await postJson("/api/board/decide-all", { chosen: places.slice(start, start + AT_ONCE), decision }).catch(() => null);
    if (answer?.status !== 200) {
      toast(answer?.data.message || texts.web.board_failed, { refused: true });
      break;
    }
    outcomes.push(...answer.data.outcomes);
  }
  places.forEach(([id]) => busy.delete(id));
  sayOutcomes(outcomes, [], said, undoOf(outcomes, decision.action));
}

function sayOutcomes(outcomes, problems, said, undo) {
  const refused = outcomes.filter((one) => one.refused);
  const made = outcomes.filter((one) => !one.refused);
  made.forEach((one) => selected.delete(one.id));
  const message = fill(said, { count: made.length });
  if (made.length && undo) remember(null, message, undo);
  else if (made.length) toast(message);
  if (refused.length || problems.length) showOutcomes(texts, made.length, refused, problems);
  draw();
  look();
}

/** What takes the same decision back for all for whom it was made; null where nothing does. */
function undoOf(outcomes, action) {
  const back = outcomes.filter((one) => !one.refused).map((one) => [one.id, one.version]);
  return UNDOES_NOTHING.includes(action) ? null : () => decideAll({ action: "undo" }, texts.web.bulk_undone, back);
}

const bulk = {
  approve: () =>
    showQuestion(texts, fill(texts.web.bulk_approve, { count: selected.size }), texts.web.bulk_approve_note, texts.card.approve, () => decideAll({ action: "approve" }, texts.web.bulk_approved)),
  reject: () => showReasons(texts, fill(texts.web.bulk_reject, { count: selected.size }), (reason) => decideAll({ action: "reject", reason }, texts.web.bulk_rejected)),
  assign: () => decideAll({ action: "assign" }, texts.web.bulk_assigned),
  merge: async () => {
    const missing = [...selected].filter((id) => !cards.has(id));
    if (missing.length) (await getJson(`/api/board/cards?ids=${missing.join(",")}`)).cards.forEach((card) => cards.set(card.id, card));
    const members = view.places.filter(([id]) => selected.has(id)).map(([id]) => cards.get(id)).filter(Boolean);
    if (members.length < 2) return;
    const first = members[0];
    showGather(texts, bodies, { wording: first.wording || first.text, department: first.department_name, members }, gather);
  },
};

async function gather(wanted) {
  const answer = await postJson("/api/board/gather", wanted).catch(() => null);
  if (answer?.status !== 200) toast(answer?.data.message || texts.web.board_failed, { refused: true });
  else sayOutcomes(answer.data.outcomes, answer.data.problems, texts.web.gather_done, () => scatter(answer.data.made));
}

/** Takes a gathering back; what was dealt with since stays and is listed. */
async function scatter(made) {
  const answer = await postJson("/api/board/gather/undo", made).catch(() => null);
  if (answer?.status !== 200) toast(answer?.data.message || texts.web.board_failed, { refused: true });
  else sayOutcomes(answer.data.outcomes, [], texts.web.gather_undone, null);
}

// ---------------------------------------------------------------- who else is here

let told = null;

/** Says at which card this page is, whenever that changes and again and again; a page that is hidden or `leaves` is at
 * none. */
function sayWhere({ again = false, leaves = false } = {}) {
  const seen = !leaves && document.visibilityState === "visible";
  const card = seen && at !== null && cards.get(at)?.private === false ? at : null;
  if (card === told && !(again && card !== null)) return;
  told = card;
  postJson("/api/board/looking", { page, card }, { keepalive: true }).catch(() => null); // the next one will say it
}

function sawOthers(others) {
  looking = others;
  draw();
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
  find("files").replaceChildren(...(files.length ? files.slice(0, 4).map(fileRow) : [none]));
}

function fileRow(file) {
  const name = el(
    "span",
    {},
    file.title,
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
  const answer = await postJson("/api/board/export", { final: false }).catch(() => null);
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
  sayWhere();
  if (!focus) return;
  const node = drawn.get(at) ?? list;
  node.focus({ preventScroll: true });
  if (node !== list) node.scrollIntoView({ block: "nearest" });
}

/** What had the focus (a dialog, a toast, a card behind a dialog) may have gone: then back to the keyboard's card. */
function keepPlace() {
  const card = shown().find((one) => one.id === at);
  const now = document.activeElement;
  if (card && (!now || now === document.body || find("dialog").contains(now) || find("bulk").contains(now))) goTo(card);
}

function step(by) {
  const visible = shown();
  const place = visible.findIndex((card) => card.id === at);
  if (by > 0 && place === visible.length - 1) more();
  goTo(visible[Math.max(0, Math.min(visible.length - 1, place < 0 ? 0 : place + by))] ?? null);
}

async function more() {
  if (!view || view.places.length <= many) return;
  many += PAGE;
  await fetchCards(true).then(draw, () => (find("lost").hidden = false));
}

const onCard = (actions, act) => () => {
  const card = cards.get(at);
  if (card && drawn.has(at) && !busy.has(at) && actions.some((action) => can(card, action))) act(card);
};
const take = (card) => decide(card, { action: can(card, "assign") ? "assign" : "unassign" });
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  d: onCard(["approve"], acts.approve),
  c: onCard(["change_topic"], acts.pick),
  r: onCard(["reject"], acts.refuse),
  m: onCard(["approve", "merge"], (card) => acts.merge(card)),
  w: onCard(["edit_wording"], SELDOM.edit_wording),
  a: onCard(["assign", "unassign"], take),
  x: () => cards.get(at)?.actions.length && !cards.get(at).private && select(cards.get(at), false),
  h: () => drawn.has(at) && acts.history(cards.get(at)),
  g: () => location.assign("/ban/nhom"),
  z: undoMine,
  "/": () => find("search").focus(),
  "?": () => showKeys(texts),
};

function pressed(event) {
  if (event.key === "Escape" && event.target === find("search")) find("search").blur();
  const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select");
  if (typing || find("dialog").open || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && selected.size) letGo();
  const act = KEYS[event.key.toLowerCase()];
  if (act && texts) {
    event.preventDefault();
    act();
  }
}

// ---------------------------------------------------------------- beginning

function wire() {
  let timer;
  find("search").addEventListener("input", (event) => {
    clearTimeout(timer);
    const wasCode = isCode(filter.text) && filter.state === "";
    timer = setTimeout(() => choose({ text: event.target.value.trim(), ...(wasCode ? { state: "waiting" } : {}) }), TYPING);
  });
  for (const name of ["department", "topic", "unit", "days"]) find(name).addEventListener("change", (event) => choose({ [name]: event.target.value }));
  find("mine").addEventListener("change", (event) => choose({ mine: event.target.checked ? "1" : "" }));
  find("clear").addEventListener("click", () => choose({ department: "", topic: "", unit: "", days: "", mine: "" }));
  addEventListener("hashchange", () => readAddress() && choose({}, { write: false }));
  find("more").addEventListener("click", more);
  new IntersectionObserver(([entry]) => entry.isIntersecting && more(), { rootMargin: "600px" }).observe(find("more"));
  for (const name of Object.keys(bulk)) find(`bulk-${name}`).addEventListener("click", bulk[name]);
  find("select-all").addEventListener("click", selectAll);
  find("let-go").addEventListener("click", letGo);
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
      sayWhere();
    }
  });
  addEventListener("keydown", pressed);
  document.addEventListener("visibilitychange", () => sayWhere());
  addEventListener("pagehide", () => sayWhere({ leaves: true }));
  addEventListener("pageshow", () => sayWhere());
  setInterval(() => sayWhere({ again: true }), HERE_AGAIN);
  find("filters").open = matchMedia("(min-width: 760px)").matches;
}

async function start() {
  const [sections, topics] = await Promise.all([getJson("/api/board/texts"), getJson("/api/board/topics")]);
  texts = sections;
  departments = topics.departments;
  bodies = topics.bodies;
  wire();
  readAddress();
  showFilter();
  await look();
  listen(() => `/api/board/stream?page=${page}`, { news: look, looking: sawOthers }, (up) => (find("lost").hidden = up));
  document.body.dataset.ready = "1";
}

start().catch(() => {
  find("lost").hidden = false;
  setTimeout(() => location.reload(), 5000);
});

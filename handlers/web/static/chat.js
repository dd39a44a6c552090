// The chat page. The bot's words live on the server and are fetched anew; what the person wrote lives here, in
// localStorage, because the server keeps no transcript of it. Nothing leaves `own` before the server said "kept".
import { el, fill, getJson, listen, memory, newId, postJson, withCodes, withNumbers } from "./common.js";

const AT_MOST = 300;
const LONG = 1200;
const GAP = 12; // px above the first bubble of a long reply
const TOGETHER = 3000; // ms; bubbles that come this close to each other are one reply
const PAUSES = [2000, 5000, 15000, 30000];
const find = (id) => document.getElementById(id);
const scroll = find("scroll");
const log = find("log");
const input = find("words");
const touch = matchMedia("(pointer: coarse)").matches;

let room; // what the server told about itself: texts, limit, which conversation this is
let own = []; // {id, text, choice, label, after, seq, state: sending|failed|kept|refused, at, why}
const words = new Map(); // id -> {id, text, choices, at, after, seq}
const drawn = new Map(); // key -> element
const opened = new Set(); // long messages that were unfolded
let last = 0; // the newest outbox id that was seen
let seq = 0;
let waitingSince = 0;
let pumping = false;
let failures = 0;
let retry;
let focusChoices = false;
let chosen = "";
let atEnd = true; // whether the newest words are in sight; then they stay so
let reply = []; // keys of the bubbles of the newest reply
let heardAt = 0;
let held = null; // where a long reply was put so that it is read from its beginning, until somebody scrolls

// ---------------------------------------------------------------- what is kept on this device

const ownKey = () => `doithoai.own.${room.conversation}`;
const draftKey = () => `doithoai.draft.${room.conversation}`;

function keepOwn() {
  own = own.slice(-AT_MOST);
  memory.set(ownKey(), own.filter((one) => !one.gone));
}

/** The server has kept nothing of this conversation, so neither does this device; the screen shows it until it closes.
 * What the server never had is still to be sent. */
function forgetOwn(before) {
  own.filter((one) => one.after < before && one.state !== "failed").forEach((one) => (one.gone = true));
  keepOwn();
}

function recall() {
  memory.keepOnly("doithoai.", [ownKey(), draftKey()]);
  own = memory.get(ownKey(), []);
  own.filter((one) => one.state === "failed").forEach((one) => (one.state = "sending"));
  seq = Math.max(0, ...own.map((one) => one.seq));
  if (!input.value) input.value = memory.get(draftKey(), "");
}

// ---------------------------------------------------------------- sending

function send(message) {
  own.push({ id: newId(), after: last, seq: ++seq, state: "sending", ...message });
  keepOwn();
  waitingSince = Date.now();
  draw({ toEnd: true });
  pump();
}

async function pump() {
  clearTimeout(retry);
  if (pumping) return;
  pumping = true;
  try {
    for (let next = unsent(); next; next = unsent()) {
      if (!(await deliver(next))) break;
    }
  } finally {
    pumping = false;
  }
}

const unsent = () => own.find((one) => one.state === "sending" || one.state === "failed");

async function deliver(message) {
  const body = message.choice ? { id: message.id, choice: message.choice } : { id: message.id, text: message.text };
  const answer = await postJson("/api/messages", body).catch(() => ({ status: 0, data: {} }));
  if (answer.status === 200) {
    failures = 0;
    settle(message.id, { state: "kept", at: answer.data.at });
    return true;
  }
  if (answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)) {
    settle(message.id, { state: "refused", why: answer.data.message || room.texts.fault });
    return true;
  }
  waitingSince = 0;
  settle(message.id, { state: "failed" });
  retry = setTimeout(pump, PAUSES[Math.min(failures++, PAUSES.length - 1)]);
  return false;
}

function settle(id, changes) {
  const message = own.find((one) => one.id === id);
  if (message) Object.assign(message, changes);
  if (changes.state === "refused") waitingSince = 0;
  keepOwn();
  draw();
}

/** A refused message goes back into the input, so that it can be made shorter and nothing has to be typed again. */
function takeBack(message) {
  own = own.filter((one) => one.id !== message.id);
  keepOwn();
  input.value = [message.text, input.value].filter(Boolean).join("\n");
  changed();
  draw();
  input.focus();
}

// ---------------------------------------------------------------- what the bot says

function heard(said) {
  if (words.has(said.id)) return;
  const number = Number(said.id);
  const place = Number.isInteger(number) ? { after: number, seq: -1 } : { after: last, seq: ++seq };
  words.set(said.id, { ...said, ...place });
  if (Number.isInteger(number)) last = Math.max(last, number);
  if (waitingSince || Date.now() - heardAt > TOGETHER) reply = [];
  reply.push(`bot-${said.id}`);
  heardAt = Date.now();
  waitingSince = 0;
  if (said.gone) {
    forgetOwn(number);
    memory.set(draftKey(), "");
  }
}

async function fetchAll() {
  const { words: all, gone } = await getJson("/api/messages?after=0");
  if (gone) own = own.filter((one) => one.state === "sending");
  keepOwn();
  all.forEach(heard);
  heardAt = 0;
}

/** Everything in its order: a message of ours stands after the words that had been seen when it was written. */
function timeline() {
  const mine = own.map((one) => ({ ...one, mine: true, key: `own-${one.id}` }));
  const theirs = [...words.values()].map((one) => ({ ...one, mine: false, key: `bot-${one.id}` }));
  return [...mine, ...theirs].sort((a, b) => a.after - b.after || a.seq - b.seq);
}

// ---------------------------------------------------------------- drawing

function draw({ toEnd = false } = {}) {
  const items = timeline();
  const grew = place(withDays(items));
  find("welcome").hidden = items.length > 0;
  drawWaiting();
  drawChoices(items);
  log.dataset.last = last;
  if (toEnd || (atEnd && !(grew && toTheReply()))) toTheEnd();
  else if (grew) find("newer").hidden = false;
}

function withDays(items) {
  const rows = [];
  let day = "";
  items.forEach((item, index) => {
    const its = item.at?.slice(0, 10) ?? day;
    if (its && its !== day) rows.push({ key: `day-${its}-${rows.length}`, day: its });
    if (its) day = its;
    const alone = (other) => !other || other.mine !== item.mine;
    rows.push({ ...item, opens: alone(items[index - 1]), closes: alone(items[index + 1]) });
  });
  return rows;
}

function place(rows) {
  const keys = new Set(rows.map((row) => row.key));
  for (const [key, node] of drawn) {
    if (!keys.has(key)) {
      node.remove();
      drawn.delete(key);
    }
  }
  let grew = false;
  let before = null;
  for (const row of rows) {
    let node = drawn.get(row.key);
    if (!node) {
      node = row.day ? dayMark(row.day) : el("div");
      drawn.set(row.key, node);
      grew = true;
      if (log.getAttribute("aria-busy") !== "true" && !row.day) node.dataset.fresh = "1";
    }
    if (!row.day) paint(node, row);
    const at = before ? before.nextSibling : log.firstChild;
    if (at !== node) log.insertBefore(node, at);
    before = node;
  }
  return grew;
}

function dayMark(day) {
  const look = { weekday: "long", day: "numeric", month: "numeric", year: "numeric", timeZone: "UTC" };
  return el("div", { className: "day", textContent: new Date(`${day}T00:00Z`).toLocaleDateString("vi-VN", look) });
}

function paint(node, row) {
  const look = JSON.stringify([row.state, row.opens, row.closes, row.at, row.why, opened.has(row.key)]);
  if (node.dataset.look === look) return;
  node.dataset.look = look;
  const marks = [row.mine && "mine", row.state, row.opens && "opens", row.closes && "closes", node.dataset.fresh && "arrives"];
  node.className = ["said", ...marks.filter(Boolean)].join(" ");
  delete node.dataset.fresh;
  node.replaceChildren(
    el("span", { className: "unseen", textContent: row.mine ? room.texts.you : room.texts.bot }),
    ...bubble(row),
    ...below(row),
  );
}

function bubble(row) {
  const text = row.label ?? row.text;
  const signs = [...text];
  const show = row.mine ? withCodes : withNumbers;
  if (signs.length <= LONG || opened.has(row.key)) return [el("div", { className: "bubble" }, ...show(text))];
  const unfold = () => {
    opened.add(row.key);
    draw();
  };
  return [
    el("div", { className: "bubble" }, ...show(`${signs.slice(0, LONG - 200).join("")}…`)),
    el("button", { type: "button", className: "more", textContent: room.texts.unfold, onclick: unfold }),
  ];
}

function below(row) {
  if (row.state === "failed") {
    return [el("button", { type: "button", className: "again", textContent: room.texts.failed, onclick: () => pump() })];
  }
  if (row.state === "refused") {
    const note = el("span", { className: "note", textContent: row.why });
    const back = row.choice ? null : el("button", { type: "button", className: "again", textContent: room.texts.take_back, onclick: () => takeBack(row) });
    return [note, back].filter(Boolean);
  }
  if (row.state === "sending") return [el("span", { className: "note", textContent: room.texts.sending })];
  return row.closes && row.at ? [el("time", { dateTime: row.at, textContent: row.at.slice(11, 16) })] : [];
}

function drawWaiting() {
  const waited = waitingSince ? Date.now() - waitingSince : 0;
  find("typing").hidden = !waitingSince || waited > 20000;
  find("slow").hidden = !waitingSince || waited <= 20000;
  find("slow").textContent = find("slow").hidden ? "" : room.texts.slow;
}

/** The buttons of the last message that had any, unless something was written since. */
function offered(items) {
  for (const item of items.toReversed?.() ?? [...items].reverse()) {
    if (item.mine && item.state !== "refused") return [];
    if (!item.mine && item.choices.length) return item.choices;
  }
  return [];
}

function drawChoices(items) {
  const choices = offered(items);
  const box = find("choices");
  const look = JSON.stringify(choices);
  if (box.dataset.look === look) return;
  box.dataset.look = look;
  box.replaceChildren(...choices.map(([id, label]) => choiceButton(id, label)));
  if (focusChoices && choices.length) {
    focusChoices = false;
    box.firstChild.focus({ preventScroll: true });
  }
}

function choiceButton(id, label) {
  const press = (event) => {
    focusChoices = event.detail === 0;
    choose(id, label);
    if (touch || focusChoices) scroll.focus({ preventScroll: true });
    else input.focus({ preventScroll: true });
  };
  return el("button", { type: "button", className: "choice", onclick: press, "data-choice": id }, ...withCodes(label));
}

/** What the bot keeps of this conversation, as a file. */
function download() {
  const link = el("a", { href: "/api/my-data", download: "" });
  document.body.append(link);
  link.click();
  link.remove();
}

function choose(id, label) {
  if (id === "download") return download();
  // Two quick taps on the same button are one choice.
  const press = `${id}@${last}`;
  if (chosen === press && waitingSince) return;
  chosen = press;
  send({ choice: id, label, text: label });
}

/** Put the beginning of a reply of several bubbles at the top where they do not fit the view together; whether it did. */
function toTheReply() {
  const first = drawn.get(reply[0]);
  if (reply.length < 2 || !first) return false;
  const top = scroll.scrollTop + first.getBoundingClientRect().top - scroll.getBoundingClientRect().top - GAP;
  if (scroll.scrollHeight - top <= scroll.clientHeight) return false;
  scroll.scrollTop = top;
  held = scroll.scrollTop;
  atEnd = false;
  return true;
}

function toTheEnd() {
  held = null;
  scroll.scrollTop = scroll.scrollHeight;
  atEnd = true;
  find("newer").hidden = true;
}

// ---------------------------------------------------------------- the input

function grow() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
}

function changed() {
  grow();
  memory.set(draftKey(), input.value);
  find("send").disabled = !input.value.trim();
  complain("");
}

function complain(sentence) {
  find("complaint").textContent = sentence;
  find("complaint").hidden = !sentence;
  input.setAttribute("aria-invalid", sentence ? "true" : "false");
}

function submit(event) {
  event?.preventDefault();
  const text = input.value.trim();
  const length = [...text].length;
  if (!text || !room) return;
  if (length > room.limit) {
    complain(fill(room.texts.too_long, { limit: room.limit.toLocaleString("vi"), length: length.toLocaleString("vi") }));
    return;
  }
  input.value = "";
  changed();
  send({ text });
  input.focus({ preventScroll: true });
}

function typed(event) {
  // While a Vietnamese input method is composing, Enter belongs to it.
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || composing || touch) return;
  submit(event);
}

/** 1 to 9 press the buttons, wherever nobody is typing. */
function digit(event) {
  const typing = event.target.matches?.("textarea, input, select");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
  const button = find("choices").children[Number(event.key) - 1];
  if (button) {
    event.preventDefault();
    button.click();
  }
}

// ---------------------------------------------------------------- the connection

let connected = true;
let lostSince;

function connection(up) {
  connected = up;
  clearTimeout(lostSince);
  if (up) {
    showState("");
    if (own.some((one) => one.state === "failed")) pump();
  } else {
    lostSince = setTimeout(() => !connected && showState(navigator.onLine ? "connecting" : "offline"), 1500);
  }
}

function showState(name) {
  find("state").hidden = !name;
  find("state").textContent = name ? room.texts[name] : "";
  find("state").dataset.state = name;
}

function stream() {
  const events = {
    words(said) {
      said.forEach(heard);
      draw();
    },
  };
  listen(() => `/api/stream?after=${last}`, events, connection);
  addEventListener("offline", () => showState("offline"));
  addEventListener("online", () => {
    showState(connected ? "" : "connecting");
    pump();
  });
}

// ---------------------------------------------------------------- beginning

function wire() {
  find("composer").addEventListener("submit", submit);
  input.addEventListener("input", changed);
  input.addEventListener("keydown", typed);
  addEventListener("keydown", digit);
  find("begin").addEventListener("click", () => send({ text: room.texts.begin }));
  find("mine").addEventListener("click", () => choose("mine", room.texts.mine));
  find("help").addEventListener("click", () => choose("help", room.texts.help));
  find("newer").addEventListener("click", toTheEnd);
  scroll.addEventListener("scroll", () => {
    if (scroll.scrollTop === held) return;
    held = null;
    atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    if (atEnd) find("newer").hidden = true;
  });
  // The keyboard of a phone, a growing input or a turned screen must not cover the newest words.
  new ResizeObserver(() => atEnd && toTheEnd()).observe(scroll);
  addEventListener("storage", (event) => {
    if (event.key !== ownKey()) return;
    own = [...own.filter((one) => one.gone), ...memory.get(ownKey(), [])];
    draw();
  });
  setInterval(drawWaiting, 1000);
}

async function patiently(ask) {
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15000)) {
    try {
      return await ask();
    } catch {
      find("state").hidden = false;
      find("state").textContent = document.documentElement.dataset.unreachable;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

async function start() {
  grow();
  find("send").disabled = !input.value.trim();
  log.setAttribute("aria-busy", "true");
  room = await patiently(() => getJson("/api/room"));
  recall();
  changed();
  await patiently(fetchAll);
  find("state").hidden = true;
  draw({ toEnd: true });
  log.removeAttribute("aria-busy");
  log.setAttribute("aria-live", "polite");
  wire();
  stream();
  pump();
  document.body.dataset.ready = "1";
  if (!touch && innerWidth > 700) input.focus({ preventScroll: true });
}

start();

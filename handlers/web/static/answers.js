// Departments' answers: read, type, confirm, release; who was not reached; which answers miss the point.
import { closeDialog, foot, open as openDialog, showQuestion } from "./board-dialogs.js";
import { capital, el, fill, getJson, icon, listen, postJson, withCodes } from "./common.js";

const find = (id) => document.getElementById(id);
const API = "/api/board/answers";

let say; // sentences of this page: say("confirm") is web.answers_confirm
let texts;
let seen = null; // the list as the server gave it last
let shown = { state: "", department: "" };
let opened = null; // the issue that is unfolded, with its sheet
let typing = false; // whether an answer is being typed: then nothing under the writer moves
let drawn = "";
let held = false; // whether a finger is on the page: what it presses must still be there when it lifts

// ---------------------------------------------------------------- looking

let looking = null;
let lookAgain = false;

/** Fetch the list and the unfolded issue; several wishes at once become one more look. */
async function look() {
  if (looking) {
    lookAgain = true;
    return looking;
  }
  looking = (async () => {
    try {
      do {
        lookAgain = false;
        seen = await getJson(API);
        await lookAtOpened();
        draw();
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

/** Fetch the unfolded issue anew; meanwhile somebody may have unfolded another. */
async function lookAtOpened() {
  const was = opened;
  if (!was || typing) return;
  const now = await sheetOf(was.issue);
  if (opened === was && !typing) opened = now;
}

/** An issue whole; null where nobody asks it any more. */
async function sheetOf(issue) {
  try {
    return await getJson(`${API}/${issue}`);
  } catch (fault) {
    if (fault.status === 404) return null;
    throw fault;
  }
}

// ---------------------------------------------------------------- drawing

function draw() {
  if (typing || held) return;
  const look = JSON.stringify([seen, opened, shown]);
  if (look === drawn) return;
  drawn = look;
  find("tab-undelivered").textContent = fill(say("undelivered_tab"), { count: seen.undelivered });
  find("tab-missed").textContent = fill(say("missed_tab"), { count: seen.missed.length });
  drawDepartments();
  drawStates();
  drawLines();
  drawMissed();
}

/** The press itself is dealt with first; then the page shows what came meanwhile. */
function lifted() {
  held = false;
  setTimeout(() => seen && draw());
}

function drawDepartments() {
  const names = [...new Set(seen.lines.map((line) => line.department))];
  if (!names.includes(shown.department)) shown.department = "";
  const options = [el("option", { value: "", textContent: say("any_department") }), ...names.map((name) => el("option", { value: name, textContent: name }))];
  find("department").replaceChildren(...options);
  find("department").value = shown.department;
}

const ofDepartment = () => seen.lines.filter((line) => !shown.department || line.department === shown.department);

function drawStates() {
  const lines = ofDepartment();
  const states = ["", ...Object.keys(seen.states).filter((state) => state !== "replaced")];
  const buttons = states.map((state) => {
    const count = state ? lines.filter((line) => line.state === state).length : lines.length;
    const label = `${capital(state ? seen.states[state] : say("any_state"))} (${count})`;
    const pick = () => {
      shown.state = state;
      draw();
    };
    return el("button", { type: "button", textContent: label, onclick: pick, "aria-pressed": String(state === shown.state), "data-state": state });
  });
  find("kinds").replaceChildren(...buttons);
  const ready = seen.lines.filter((line) => line.state === "confirmed").length;
  find("release-all").hidden = !seen.may_release || !ready;
  find("release-all").querySelector("span").textContent = fill(say("release_all"), { count: ready });
}

function drawLines() {
  const lines = ofDepartment().filter((line) => !shown.state || line.state === shown.state || line.issue === opened?.issue);
  const parts = [];
  let department = null;
  for (const line of lines) {
    if (line.department !== department) parts.push(el("h2", { textContent: line.department }));
    department = line.department;
    parts.push(opened?.issue === line.issue ? whole(opened) : folded(line));
  }
  find("lines").replaceChildren(...parts);
  find("none").hidden = lines.length > 0;
  find("none").textContent = seen.lines.length ? say("none_here") : say("none");
}

function head(line) {
  const title = el("h3", { textContent: `${texts.web.answers_question} ${line.number}` });
  return el("div", { className: "head" }, title, el("span", { className: `badge ${line.state}`, textContent: line.standing }));
}

function about(line) {
  const asked = fill(say("asked_by"), { count: line.codes.length });
  const codes = fill(say("codes"), { codes: line.codes.slice(0, 6).join(", ") + (line.codes.length > 6 ? "…" : "") });
  return el("p", { className: "quiet-text" }, ...withCodes([asked, ...line.units.slice(0, 3), codes].join(" · ")));
}

function folded(line) {
  const label = fill(say("open_named"), line);
  const unfold = el("button", { type: "button", className: "button open", textContent: say("open"), "aria-label": label, onclick: () => unfoldLine(line.issue) });
  return el("article", { className: "card line", "data-issue": line.issue }, head(line), el("p", { className: "words", textContent: line.question }), about(line), unfold);
}

async function unfoldLine(issue) {
  if (typing && !(await leaves())) return;
  typing = false;
  opened = await sheetOf(issue).catch(() => null);
  draw();
  document.querySelector(`[data-issue="${issue}"] button`)?.focus({ preventScroll: true });
}

function whole(sheet) {
  const fold = el("button", { type: "button", className: "button open", textContent: say("close"), onclick: foldLine });
  const parts = [head(sheet), el("p", { className: "words", textContent: sheet.question }), about(sheet)];
  if (sheet.answer) parts.push(...answerParts(sheet.answer), hints(sheet), delivery(sheet), ...opinions(sheet));
  parts.push(el("div", { className: "buttons" }, ...buttons(sheet), fold), former(sheet));
  return el("article", { className: "card line whole", "data-issue": sheet.issue }, ...parts.filter(Boolean));
}

async function foldLine() {
  if (typing && !(await leaves())) return;
  typing = false;
  opened = null;
  draw();
}

const labelled = (label, text) => (text ? [el("p", { className: "label", textContent: label }), el("p", { className: "words", textContent: text })] : []);

function answerParts(answer) {
  const hands = [fill(say("revision"), answer), answer.drafted, answer.confirmed, answer.released && fill(say("released_at"), { at: answer.released }), answer.held && fill(say("held"), { at: answer.held }), answer.source && fill(say("source"), answer)];
  const settlement = answer.settlement ? seen.settlements[answer.settlement] : "";
  return [
    ...labelled(say("answer"), answer.text),
    ...labelled(say("basis"), answer.basis),
    ...labelled(say("responsible"), answer.responsible),
    ...labelled(say("due"), answer.due),
    ...labelled(say("settlement"), settlement),
    el("p", { className: "quiet-text", textContent: hands.filter(Boolean).join(" · ") }),
    answer.reason ? el("p", { textContent: fill(say("why_returned"), answer) }) : null,
  ];
}

function hints(sheet) {
  if (!["drafted", "confirmed"].includes(sheet.state) || !sheet.hints.length) return null;
  const list = el("ul", {}, ...sheet.hints.map((hint) => el("li", { textContent: hint })));
  return el("div", { className: "hints" }, el("strong", { textContent: say("hints") }), list);
}

function delivery(sheet) {
  if (!sheet.released) return null;
  return el("p", { className: "quiet-text", textContent: fill(say("told"), { told: sheet.told, waiting: sheet.waiting, missing: sheet.missing.length }) });
}

const opinions = (sheet) => sheet.missed.map((one) => el("p", {}, ...withCodes(`${one.code}: ${one.words || say("missed_no_words")}`)));

function former(sheet) {
  if (!sheet.former.length) return null;
  const parts = sheet.former.flatMap((answer) => [el("p", { className: "label", textContent: answer.standing }), ...answerParts(answer)]);
  return el("details", {}, el("summary", { textContent: fill(say("former"), { count: sheet.former.length }) }), ...parts.filter(Boolean));
}

function buttons(sheet) {
  const { answer, state } = sheet;
  const made = [];
  const add = (text, picture, act, look = "") => made.push(el("button", { type: "button", className: `button ${look}`, onclick: act }, icon(picture), el("span", { textContent: text })));
  if (seen.may_answer && state === "drafted") {
    if (answer.drafted_by === seen.me) made.push(el("p", { className: "quiet-text own", textContent: say("own") }));
    else add(say("confirm"), "check", () => step(sheet, "confirm"), "main");
    add(say("return"), "undo", () => askReason(sheet));
  }
  if (state === "confirmed") {
    if (seen.may_release) add(say("release"), "send", () => askMoment((until) => release(sheet, until)), "main");
    else made.push(el("p", { className: "quiet-text own", textContent: say("only_chief") }));
    if (seen.may_release && answer.held) add(say("stop"), "cross", () => release(sheet, "cho"));
    if (seen.may_answer) add(say("unconfirm"), "undo", () => step(sheet, "unconfirm"));
  }
  if (seen.may_answer) add(say(!answer ? "type" : state === "released" ? "correct" : "type_anew"), "pen", () => type(sheet), answer ? "" : "main");
  return made;
}

function drawMissed() {
  find("missed-note").textContent = seen.good || seen.missed.length ? fill(say("missed_note"), { good: seen.good, missed: seen.missed.length }) : say("missed_none");
  find("missed").replaceChildren(...seen.missed.map((one) => {
    const more = [one.at, one.current ? "" : fill(say("missed_former"), one)].filter(Boolean).join(" · ");
    const words = el("div", { className: "told" }, el("p", {}, ...withCodes(`${one.code}: ${one.words || say("missed_no_words")}`)), el("p", { className: "quiet-text", textContent: more }));
    return el("li", { className: "card" }, words, goTo(one.issue));
  }));
}

function goTo(issue) {
  const go = async () => {
    shown = { state: "", department: "" };
    show("lines");
    await unfoldLine(issue);
    document.querySelector(`[data-issue="${issue}"]`)?.scrollIntoView({ block: "start" });
  };
  return el("button", { type: "button", className: "button", textContent: say("open"), onclick: go });
}

async function drawUndelivered() {
  const { missing } = await getJson(`${API}/undelivered`);
  find("print").hidden = !missing.length || !seen.may_answer;
  find("undelivered-note").textContent = missing.length ? say("undelivered_note") : say("undelivered_none");
  find("undelivered").replaceChildren(...missing.map((one) => {
    const words = el("div", { className: "told" }, el("p", {}, ...withCodes(`${one.unit} – ${one.code}`)), el("p", { className: "quiet-text", textContent: [one.department, one.why].filter(Boolean).join(" · ") }));
    const label = fill(say("again_named"), one);
    const retry = el("button", { type: "button", className: "button", textContent: say("again"), "aria-label": label, onclick: (event) => again(one, event.target) });
    return el("li", { className: "card" }, words, one.again && seen.may_answer ? retry : null);
  }));
}

function show(name) {
  for (const one of ["lines", "undelivered", "missed"]) {
    find(`of-${one}`).hidden = one !== name;
    find(`tab-${one}`).setAttribute("aria-pressed", String(one === name));
  }
  if (name === "undelivered") drawUndelivered().catch(failed);
}

function toast(text, refused = false) {
  const node = el("div", { className: refused ? "toast refused" : "toast" }, el("span", { textContent: text }));
  find("toasts").append(node);
  setTimeout(() => node.remove(), refused ? 9000 : 6000);
}

const failed = () => toast(texts.web.board_failed, true);

// ---------------------------------------------------------------- doing

/** Post, show what came back, and whether it went well. */
async function post(path, body, done) {
  const answer = await postJson(`${API}/${path}`, body).catch(() => null);
  if (answer?.status === 200) {
    if (done || answer.data.message) toast(done || answer.data.message);
    if (answer.data.issue) opened = answer.data;
  } else toast(answer?.data.message || texts.web.board_failed, true);
  await look();
  return answer?.status === 200;
}

const named = (sheet) => ({ answer: sheet.answer.id, version: sheet.answer.version });
const step = (sheet, name, reason = "") => post(`${sheet.issue}/${name}`, { ...named(sheet), reason }, say(`did_${name}`));
const release = (sheet, until) => post(`${sheet.issue}/release`, { ...named(sheet), until }, say(until === "cho" ? "did_stop" : "did_release"));

async function again(one, button) {
  button.disabled = true;
  await post(`undelivered/${one.submission}`, {});
  await drawUndelivered().catch(failed);
}

function askReason(sheet) {
  const words = el("textarea", { rows: 3, maxLength: 2000, "aria-label": say("return_reason") });
  const send = () => {
    closeDialog();
    step(sheet, "return", words.value.trim());
  };
  const done = el("button", { type: "button", className: "button main", textContent: say("return").replace("…", ""), onclick: send });
  openDialog(say("return").replace("…", ""), texts.web.board_close, [el("p", { textContent: say("return_ask") }), words], foot(texts, done));
  words.focus();
}

/** Calls `chosen(until)` with the moment in the words that the server reads. */
function askMoment(chosen) {
  const at = el("input", { type: "datetime-local", "aria-label": say("release_at") });
  const row = (value, label, more = null, disabled = false) =>
    el("label", {}, el("input", { type: "radio", name: "until", value, disabled }), el("span", { textContent: label }), more);
  const day = seen.day ? row("day", fill(say("release_day"), seen)) : row("day", say("release_no_day"), null, true);
  const form = el("form", { className: "moments", id: "moments" }, row("now", say("release_now")), day, row("at", say("release_at"), at), row("wait", say("release_wait")));
  at.addEventListener("input", () => (form.elements.until.value = "at"));
  const done = el("button", { type: "submit", className: "button main agree", textContent: say("release_do"), disabled: true });
  done.setAttribute("form", "moments");
  const words = { now: () => "", day: () => "ngay doi thoai", wait: () => "cho", at: () => clock(at.value) };
  form.addEventListener("input", () => (done.disabled = !form.elements.until.value || (form.elements.until.value === "at" && !at.value)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    closeDialog();
    chosen(words[form.elements.until.value]());
  });
  openDialog(say("release_title"), texts.web.board_close, [el("p", { textContent: say("release_note") }), form], foot(texts, done));
  form.querySelector("input").focus();
}

/** "2026-12-15T08:30" as "08:30 15/12/2026". */
function clock(value) {
  const [day, time] = value.split("T");
  const [year, month, date] = day.split("-");
  return `${time.slice(0, 5)} ${date}/${month}/${year}`;
}

// ---------------------------------------------------------------- typing an answer

function type(sheet) {
  typing = true;
  const was = sheet.answer ?? { text: "", basis: "", responsible: "", due: "", settlement: "", version: 0 };
  const box = (tag, name, more = {}) => el(tag, { name, value: was[name], ...more });
  const field = (name, input) => el("label", { className: "field" }, el("span", { textContent: say(name === "text" ? "answer" : name) }), input);
  const settlement = el("select", { name: "settlement" }, el("option", { value: "", textContent: say("no_settlement") }), ...Object.entries(seen.settlements).map(([value, label]) => el("option", { value, textContent: label })));
  settlement.value = was.settlement;
  const save = el("button", { type: "submit", className: "button main", textContent: say("save") });
  const leave = el("button", { type: "button", className: "button", textContent: texts.web.board_cancel, onclick: () => stopTyping() });
  const pairs = el("div", { className: "pair" }, field("responsible", box("input", "responsible", { maxLength: 500 })), field("due", box("input", "due", { maxLength: 200 })), field("settlement", settlement));
  const form = el("form", { className: "typing" }, field("text", box("textarea", "text", { required: true })), field("basis", box("input", "basis", { maxLength: 2000 })), pairs, el("div", { className: "buttons" }, save, leave));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    const body = Object.fromEntries(["text", "basis", "responsible", "due"].map((name) => [name, form.elements[name].value]));
    const kept = await keep(sheet, { ...body, settlement: settlement.value || null, over: was.version });
    save.disabled = false;
    if (kept) stopTyping();
  });
  document.querySelector(`[data-issue="${sheet.issue}"] > .buttons`).replaceWith(form);
  form.elements.text.focus();
}

/** What could not be stored stays in the form. */
async function keep(sheet, body) {
  const answer = await postJson(`${API}/${sheet.issue}/draft`, body).catch(() => null);
  const kept = answer?.status === 200;
  if (kept) opened = answer.data;
  toast(kept ? say("saved") : answer?.data.message || texts.web.board_failed, !kept);
  return kept;
}

function stopTyping() {
  typing = false;
  drawn = "";
  look();
}

/** Whether somebody who types an answer really leaves it; at once where nothing is typed. */
function leaves() {
  return new Promise((answer) => {
    showQuestion(texts, say("unsaved_title"), say("unsaved"), say("unsaved_leave"), () => answer(true));
    find("dialog").addEventListener("close", () => answer(false), { once: true });
  });
}

// ---------------------------------------------------------------- beginning

async function start() {
  texts = await getJson("/api/board/texts");
  say = (name) => texts.web[`answers_${name}`];
  for (const name of ["lines", "undelivered", "missed"]) find(`tab-${name}`).addEventListener("click", () => show(name));
  find("department").addEventListener("change", (event) => {
    shown.department = event.target.value;
    draw();
  });
  find("release-all").addEventListener("click", () => askMoment((until) => post("release", { until })));
  find("dialog").addEventListener("click", (event) => event.target === find("dialog") && closeDialog());
  addEventListener("pointerdown", () => (held = true), true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, lifted, true);
  addEventListener("beforeunload", (event) => typing && event.preventDefault());
  await look();
  listen(() => "/api/board/stream", { news: look }, (up) => (find("lost").hidden = up));
  document.body.dataset.ready = "1";
}

start().catch(() => {
  find("lost").hidden = false;
  setTimeout(() => location.reload(), 5000);
});

// Files of answers: one for each department out; a filled in one back, looked at first; the rows that wait for a person.
import { el, fill, getJson, icon, postJson } from "./common.js";

const find = (id) => document.getElementById(id);
const FIELDS = ["basis", "responsible", "due"];

let texts;
let settlements = {};
let given = null; // {body, name, seen}: what the preview shows

const say = (name, values) => fill(texts.web[`answer_files_${name}`], values);

function show(id, message) {
  find(id).textContent = message;
  find(id).hidden = !message;
}

// ---------------------------------------------------------------- out, and what waits

async function draw() {
  const { forms, rows, settlements: known, may } = await getJson("/api/board/answer-files");
  settlements = known;
  find("forms").replaceChildren(...forms.map((one) => form(one, may)));
  find("no-forms").hidden = forms.length > 0;
  find("all").hidden = !may || !forms.length;
  find("look").disabled = !may;
  find("waiting").replaceChildren(...rows.map((row) => waiting(row, may)));
  find("no-waiting").hidden = rows.length > 0;
}

function form({ id, department, issues }, may) {
  const about = el("span", { className: "about-form" }, el("strong", { textContent: department }), ` – ${say("issues", { count: issues })}`);
  const link = el("a", { className: "button", href: `/api/board/answer-files/forms/${id}`, "aria-label": `${say("get")}: ${department}` }, icon("file"), el("span", { textContent: say("get") }));
  link.setAttribute("download", "");
  return el("li", {}, about, may ? link : null);
}

function version(title, body) {
  const facts = body ? FIELDS.filter((name) => body[name]).map((name) => el("div", {}, el("dt", { textContent: texts.web[`answers_${name}`] }), el("dd", { textContent: body[name] }))) : [];
  if (body?.settlement) facts.push(el("div", {}, el("dt", { textContent: texts.web.answers_settlement }), el("dd", { textContent: settlements[body.settlement] })));
  const words = el("p", { textContent: body ? body.text : say("now_none"), className: body ? "" : "quiet-text" });
  return el("div", { className: "version" }, el("h3", { textContent: title }), words, facts.length ? el("dl", {}, ...facts) : null);
}

function asked({ code, says, question, edited }, place) {
  const head = el("p", { className: "says" }, el("strong", { className: "receipt", textContent: code }), el("span", { textContent: says }), el("span", { className: "quiet-text", textContent: place }));
  const words = question ? el("p", { className: "asked", textContent: question }) : null;
  return [head, words, edited ? el("p", { className: "asked" }, el("strong", { textContent: `${say("edited")}: ` }), edited) : null];
}

function waiting(row, may) {
  const place = `${row.file}, ${row.place}`;
  const buttons = el("div", { className: "buttons" });
  const own = el("div", {});
  const item = el("li", { "data-row": row.id }, ...asked(row, place), el("div", { className: "versions" }, version(say("now"), row.now), version(say("theirs"), row.theirs)), row.gone ? el("p", { className: "quiet-text", textContent: say("gone") }) : null, buttons, own);
  if (!may) return item;
  const button = (name, kind, act) => el("button", { type: "button", className: `button ${kind}`, textContent: say(name), "aria-label": `${say(name)}: ${row.code}`, onclick: act });
  buttons.append(button("keep", "", () => decide(row, { choice: "keep" }, item)));
  if (row.gone) return item;
  buttons.append(button("take_theirs", "main", () => decide(row, { choice: "take", over: row.over }, item)));
  buttons.append(button("edit", "", () => own.replaceChildren(editor(row, item, () => own.replaceChildren()))));
  return item;
}

function editor(row, item, close) {
  const field = (label, control) => el("label", { className: "own" }, el("span", { textContent: label }), control);
  const text = el("textarea", { rows: 6, value: row.theirs.text });
  const inputs = FIELDS.map((name) => el("input", { value: row.theirs[name] }));
  const result = el("select", {}, el("option", { value: "", textContent: "" }), ...Object.entries(settlements).map(([value, label]) => el("option", { value, textContent: label, selected: value === row.theirs.settlement })));
  const body = () => ({ text: text.value, ...Object.fromEntries(FIELDS.map((name, place) => [name, inputs[place].value])), settlement: result.value || null });
  const save = el("button", { type: "button", className: "button main", textContent: say("save"), onclick: () => decide(row, { choice: "take", over: row.over, ...body() }, item) });
  const cancel = el("button", { type: "button", className: "button", textContent: say("cancel"), onclick: close });
  const fields = el("div", { className: "fields" }, field(texts.web.answers_answer, text), ...FIELDS.map((name, place) => field(texts.web[`answers_${name}`], inputs[place])), field(texts.web.answers_settlement, result), el("div", { className: "buttons" }, save, cancel));
  setTimeout(() => text.focus());
  return fields;
}

async function decide(row, wanted, item) {
  item.querySelectorAll("button").forEach((one) => (one.disabled = true));
  const { status, data } = await postJson(`/api/board/answer-files/rows/${row.id}`, wanted).catch(() => ({ status: 0, data: {} }));
  if (status === 401) return location.reload();
  toast(`${row.code}: ${data.message || say("not_sent")}`);
  if (!status) return item.querySelectorAll("button").forEach((one) => (one.disabled = false));
  await draw();
  find("waiting-title").focus();
}

function toast(message) {
  const note = el("div", { className: "toast", textContent: message });
  find("toasts").append(note);
  setTimeout(() => note.remove(), 8000);
}

// ---------------------------------------------------------------- back

async function send(address, { body, name, seen }) {
  const headers = { "Content-Type": "application/octet-stream", "X-Requested-With": "doithoai", "X-File-Name": encodeURIComponent(name) };
  if (seen) headers["X-Seen"] = seen;
  const answer = await fetch(address, { method: "POST", headers, body }).catch(() => null);
  const data = await answer?.json().catch(() => ({}));
  if (answer?.status === 401) location.reload();
  return answer?.ok ? data : { refused: data?.message || say("not_sent") };
}

async function look(event) {
  event.preventDefault();
  const file = find("file").files[0];
  show("told", "");
  show("refused", file ? "" : say("nothing"));
  if (!file) return;
  find("look").disabled = true;
  const answer = await send("/api/board/answer-files/look", { body: file, name: file.name });
  find("look").disabled = false;
  find("preview").hidden = Boolean(answer.refused);
  if (answer.refused) return show("refused", answer.refused);
  given = { body: file, name: file.name, seen: answer.seen };
  preview(answer);
}

function preview({ summary, lines, rows, total, ready }) {
  find("summary").textContent = summary;
  find("lines").replaceChildren(...lines.map((textContent) => el("li", { textContent })));
  find("rows").replaceChildren(...rows.map(found));
  show("rest", total > rows.length ? say("rest", { shown: rows.length, total }) : "");
  find("take").hidden = !rows.length;
  find("take").querySelector("span").textContent = ready ? say("take", { count: ready }) : say("done");
  find("preview").focus();
}

function found(row) {
  const both = row.now ? el("div", { className: "versions" }, version(say("now"), row.now), version(say("theirs"), row.theirs)) : version(say("theirs"), row.theirs);
  return el("li", {}, ...asked(row, row.place), row.finding === "unchanged" ? null : both);
}

async function take() {
  find("take").disabled = true;
  const answer = await send("/api/board/answer-files/take", given);
  find("take").disabled = false;
  if (answer.refused) return show("refused", answer.refused);
  drop();
  find("given").reset();
  show("told", [answer.summary, ...answer.lines].join("\n"));
  await draw();
  if (answer.waiting) find("waiting-title").focus();
}

function drop() {
  find("preview").hidden = true;
  given = null;
  find("file").focus();
}

async function start() {
  texts = await getJson("/api/board/texts");
  await draw();
  find("given").addEventListener("submit", look);
  find("take").addEventListener("click", take);
  find("drop").addEventListener("click", drop);
  document.body.dataset.ready = "1";
}

start().catch(() => {
  find("lost").hidden = false;
  setTimeout(() => location.reload(), 5000);
});

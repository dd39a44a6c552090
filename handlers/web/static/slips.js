// Slips by file or pasted: a look at what would be taken in, then the taking. Nothing is kept on the server between the
// two: the page sends the same content again, and the server takes it in only if it is what it showed.
import { el, fill, getJson } from "./common.js";

const find = (id) => document.getElementById(id);
const EVERY = 700; // milliseconds between two looks at how far an import is

let texts;
let given = null; // {body, name, seen}: what the preview shows

// ---------------------------------------------------------------- asking

/** The content as it is: a file's bytes with its name, or the pasted text. */
async function send(address, { body, name }, seen) {
  const headers = { "Content-Type": name ? "application/octet-stream" : "text/plain; charset=utf-8", "X-Requested-With": "doithoai" };
  if (name) headers["X-File-Name"] = encodeURIComponent(name);
  if (seen) headers["X-Seen"] = seen;
  const answer = await fetch(address, { method: "POST", headers, body }).catch(() => null);
  const data = await answer?.json().catch(() => ({}));
  if (answer?.status === 401) location.reload();
  return answer?.ok ? data : { refused: data?.message || texts.web.slips_not_sent };
}

function refuse(message) {
  find("refused").textContent = message;
  find("refused").hidden = !message;
}

// ---------------------------------------------------------------- looking

async function look(event) {
  event.preventDefault();
  const file = find("file").files[0];
  const pasted = find("pasted").value;
  if (!file && !pasted.trim()) return refuse(texts.web.slips_nothing);
  if (file && pasted.trim()) return refuse(texts.web.slips_both);
  refuse("");
  const wanted = { body: file ?? pasted, name: file?.name ?? "" };
  find("look").disabled = true;
  const answer = await send("/api/board/slips/preview", wanted);
  find("look").disabled = false;
  find("preview").hidden = Boolean(answer.refused);
  find("result").hidden = true;
  if (answer.refused) return refuse(answer.refused);
  given = { ...wanted, seen: answer.seen };
  draw(answer);
  find("preview").focus();
}

function draw(answer) {
  const counts = { new: answer.new, known: answer.known, wrong: answer.wrong };
  find("counts").textContent = fill(texts.web.slips_counts, counts);
  const passed = [];
  if (answer.ignored.length) passed.push(fill(texts.web.slips_ignored, { columns: answer.ignored.map((title) => `“${title}”`).join(", ") }));
  if (answer.unread) passed.push(answer.unread);
  if (answer.strange.length) passed.push(fill(texts.web.slips_strange, { units: answer.strange.join("; ") }));
  find("ignored").hidden = !passed.length;
  find("ignored").textContent = passed.join(" ");
  find("wrong").hidden = !answer.wrong;
  find("wrong").querySelector("ul").replaceChildren(...answer.bad.map(({ place, reason }) => el("li", { textContent: `${place}: ${reason}` })));
  find("rows").replaceChildren(...answer.rows.map(row));
  const notes = [];
  if (answer.total > answer.rows.length) notes.push(fill(texts.web.slips_rest, { shown: answer.rows.length, total: answer.total }));
  if (answer.compared < answer.new) notes.push(fill(texts.web.slips_compared, { compared: answer.compared }));
  find("rest").hidden = !notes.length;
  find("rest").textContent = notes.join(" ");
  find("take").hidden = !answer.new;
  find("take").querySelector("span").textContent = fill(texts.web.slips_take, { count: answer.new });
}

function row({ line, text, unit, known, code, alike, score }) {
  const kind = known ? "known" : alike ? "alike" : "";
  return el("tr", { className: kind }, el("td", { textContent: line }), el("td", {}, ...state({ known, code, alike, score })), el("td", { textContent: text }), el("td", { textContent: unit || texts.card.not_given }));
}

function state({ known, code, alike, score }) {
  const link = (one) => el("a", { className: "code", href: `/ban#${one}`, target: "_blank", rel: "noopener", textContent: one });
  if (known) return code ? [`${texts.web.slips_known} `, link(code)] : [texts.web.slips_known];
  if (alike) return [`${fill(texts.web.groups_alike, { score })} `, link(alike)];
  return [texts.web.slips_new];
}

// ---------------------------------------------------------------- taking in

async function take() {
  find("take").disabled = true;
  const answer = await send("/api/board/slips/import", given, given.seen);
  find("take").disabled = false;
  if (answer.refused) return refuse(answer.refused);
  find("preview").hidden = true;
  find("result").hidden = false;
  find("codes").replaceChildren();
  find("result").focus();
  follow(given.seen, answer);
}

async function follow(seen, first) {
  for (let job = first; ; job = await getJson(`/api/board/slips/jobs/${seen}`).catch(() => null)) {
    if (!job) return told(texts.web.slips_failed);
    find("progress").hidden = job.ended;
    if (job.total) [find("progress").max, find("progress").value] = [job.total, job.done];
    if (job.ended) return end(job);
    told(fill(texts.web.slips_under_way, { done: job.done, total: job.total || "…" }));
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
}

function end({ result, message }) {
  if (!result) return told(message);
  const lines = [fill(texts.web.slips_done, { added: result.added, known: result.known, wrong: result.bad })];
  if (result.late) lines.push(fill(texts.web.slips_late, { count: result.late }));
  if (result.private) lines.push(fill(texts.web.slips_private, { count: result.private }));
  if (result.codes.length) lines.push(texts.web.slips_undo);
  told(lines.join(" "));
  find("codes").replaceChildren(...result.codes.map((code) => el("li", {}, el("a", { className: "code", href: `/ban#${code}`, textContent: code }))));
  find("given").reset();
  given = null;
}

const told = (text) => {
  find("told").textContent = text;
};

function drop() {
  find("preview").hidden = true;
  given = null;
  find("file").focus();
}

async function start() {
  texts = await getJson("/api/board/texts");
  find("given").addEventListener("submit", look);
  find("take").addEventListener("click", take);
  find("drop").addEventListener("click", drop);
  document.body.dataset.ready = "1";
}

start().catch(() => {
  find("lost").hidden = false;
  setTimeout(() => location.reload(), 5000);
});

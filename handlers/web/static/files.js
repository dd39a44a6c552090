// The workbooks that were made: what each holds, what is other than in the one before, and a new one.
import { closeDialog, showQuestion } from "./board-dialogs.js";
import { el, fill, getJson, icon, listen, postJson } from "./common.js";

const find = (id) => document.getElementById(id);

let texts; // sections of the catalogue
let waiting = 0; // how many submissions nobody has decided on
let asked = false; // whether this page waits for a workbook
let shown = ""; // what is drawn, so that a look that brings nothing new moves nothing under the reader

// ---------------------------------------------------------------- looking

let looking = null;
let lookAgain = false;

/** Fetch the list; several wishes at once become one more look. */
async function look() {
  if (looking) {
    lookAgain = true;
    return looking;
  }
  looking = (async () => {
    try {
      do {
        lookAgain = false;
        draw(await getJson("/api/board/exports"));
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

// ---------------------------------------------------------------- drawing

function draw({ files, making, failed, missing, waiting: undecided, may_make, may_finish }) {
  waiting = undecided;
  find("new").hidden = !may_make;
  find("finish").hidden = !may_finish;
  find("make").disabled = find("finish").disabled = making;
  find("make").querySelector("span").textContent = making ? texts.web.board_exporting : texts.web.files_make;
  if (asked && !making) {
    asked = false;
    toast(failed ? texts.web.board_export_failed : fill(texts.web.board_exported, { number: files[0]?.number }), failed);
  }
  find("missing").hidden = !missing;
  find("missing").textContent = fill(texts.web.files_missing, { count: missing });
  find("empty").hidden = files.length > 0;
  const list = JSON.stringify(files);
  if (list === shown) return;
  shown = list;
  find("files").replaceChildren(...files.map(row));
}

function row(file) {
  const by = [fill(texts.web.files_by, file), file.occasion].filter(Boolean).join(", ");
  return el(
    "li",
    { className: "card" },
    el("div", { className: "head" }, el("h3", { textContent: file.title }), badge(file)),
    el("p", { className: "quiet-text", textContent: by }),
    el("p", { textContent: [file.holds, file.difference].filter(Boolean).join(" ") }),
    el("p", { className: "quiet-text checksum" }, `${texts.web.files_sum} `, el("code", { textContent: file.sha256 })),
    taking(file),
  );
}

function badge(file) {
  const look = file.final ? "final" : file.supplement ? "extra" : "draft";
  return el("span", { className: `badge ${look}`, textContent: texts.web[`files_${look}`] });
}

function taking(file) {
  if (!file.here) return el("p", { className: "quiet-text", textContent: texts.web.files_away });
  const address = `/api/board/exports/${file.number}`;
  const label = fill(texts.web.files_take_named, file);
  const link = el("a", { className: "button", href: address, download: file.name, "aria-label": label }, icon("file"), el("span", { textContent: texts.web.files_take }));
  return el("div", { className: "take" }, link, el("span", { className: "quiet-text", textContent: size(file.size) }));
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toLocaleString("vi", { maximumFractionDigits: 1 })} MB`);

function toast(text, refused = false) {
  const node = el("div", { className: refused ? "toast refused" : "toast" }, el("span", { textContent: text }));
  find("toasts").append(node);
  setTimeout(() => node.remove(), refused ? 9000 : 6000);
}

// ---------------------------------------------------------------- making one

async function make(final) {
  find("make").disabled = find("finish").disabled = true;
  const answer = await postJson("/api/board/export", { final }).catch(() => null);
  asked = answer?.status === 202;
  if (!asked) toast(answer?.data.message || texts.web.board_failed, true);
  look();
}

function finish() {
  const left = waiting ? fill(texts.web.files_finish_waiting, { count: waiting }) : "";
  const question = [left, texts.web.files_finish_ask].filter(Boolean).join(" ");
  showQuestion(texts, texts.web.files_finish_title, question, texts.web.files_finish.replace("…", ""), () => make(true));
}

// ---------------------------------------------------------------- beginning

async function start() {
  texts = await getJson("/api/board/texts");
  find("make").addEventListener("click", () => make(false));
  find("finish").addEventListener("click", finish);
  find("dialog").addEventListener("click", (event) => event.target === find("dialog") && closeDialog());
  await look();
  listen(() => "/api/board/stream", { news: look }, (up) => (find("lost").hidden = up));
  document.body.dataset.ready = "1";
}

start().catch(() => {
  find("lost").hidden = false;
  setTimeout(() => location.reload(), 5000);
});

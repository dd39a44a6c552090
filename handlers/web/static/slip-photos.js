// Photos of paper slips: take one, type what stands on it beside the picture, or say that nobody can read it.
import { el, fill, getJson, listen, memory, postJson } from "./common.js";

const find = (id) => document.getElementById(id);
let texts;
let groups = {}; // youth groups: code to label
let open = null; // the photo that is being typed here
const DRAFT = "doithoai-photo:"; // what is being typed from a photo, kept in this browser until the server has it

// ---------------------------------------------------------------- the queue

async function look() {
  const answer = await getJson("/api/board/photos").catch(() => null);
  if (!answer) return;
  groups = answer.groups;
  const count = answer.photos.length;
  find("photos-count").textContent = count ? fill(texts.web.photos_count, { count }) : texts.web.photos_none;
  find("photos").replaceChildren(...answer.photos.map(entry));
  find("ended-photos").hidden = !answer.ended.length;
  find("ended-photos").querySelector("ul").replaceChildren(...answer.ended.map(ended));
  // What somebody finished needs no draft any more; what is given back or opened again may still be typed here.
  const wanted = [...answer.photos, ...answer.ended.filter((photo) => photo.unreadable), ...(open ? [open] : [])];
  memory.keepOnly(DRAFT, wanted.map(draftName));
}

function ended(photo) {
  const about = el("span", { className: "about-photo quiet-text" }, [photo.how, photo.unit].filter(Boolean).join(" – "), photo.why && el("span", { className: "why", textContent: photo.why }));
  const number = fill(texts.web.photos_number, { number: photo.id });
  const name = photo.picture ? el("a", { href: `/api/board/photos/${photo.id}/picture`, target: "_blank", rel: "noopener", textContent: number }) : el("strong", { textContent: number });
  const again = photo.unreadable && el("button", { type: "button", className: "button", "aria-label": `${texts.web.photos_reopen}: ${number}`, onclick: () => reopen(photo.id) }, texts.web.photos_reopen);
  return el("li", {}, name, about, again || "");
}

async function reopen(id) {
  const { status, data } = await post(id, "reopen");
  toast(data.message || texts.web.board_failed, status !== 200);
  look();
}

function entry(photo) {
  const about = [fill(texts.web.photos_sent, photo)];
  if (photo.unit) about.push(photo.unit);
  if (!photo.here) about.push(texts.web.photos_fetching);
  if (photo.holder) about.push(fill(texts.web.photos_taken, { by: photo.holder }));
  const free = photo.here && !photo.holder && photo.id !== open?.id;
  const take = el("button", { type: "button", className: "button", onclick: () => begin(photo.id), disabled: !free }, texts.web.photos_type);
  return el("li", {}, el("strong", { textContent: fill(texts.web.photos_number, { number: photo.id }) }), el("span", { className: "about-photo quiet-text", textContent: about.join(" – ") }), take);
}

// ---------------------------------------------------------------- typing

async function begin(id) {
  const { status, data } = await post(id, "take");
  if (status !== 200) return toast(data.message || texts.web.board_failed, true);
  open = data;
  draw();
  look();
}

const post = (id, what, body = {}) => postJson(`/api/board/photos/${id}/${what}`, body).catch(() => ({ status: 0, data: {} }));

/** Also by when it was sent: numbers begin anew where the database does. */
const draftName = (photo) => `${DRAFT}${photo.id} ${photo.at}`;

function draw() {
  const number = open.id;
  const name = draftName(open);
  const draft = memory.get(name, null);
  const picture = el("a", { className: "look", href: `/api/board/photos/${number}/picture`, target: "_blank", rel: "noopener" }, el("img", { src: `/api/board/photos/${number}/picture`, alt: fill(texts.web.photos_alt, { number }) }));
  const slips = el("div", { className: "fields" });
  const unit = el("input", { value: draft?.unit ?? open.unit, maxLength: 200 });
  const group = el("select", {}, el("option", { value: "", textContent: texts.card.not_given }), ...Object.entries(groups).map(([value, label]) => el("option", { value, textContent: label })));
  group.value = draft?.group ?? "";
  const more = (value = "") => {
    const box = el("textarea", { rows: 6, value });
    slips.append(field(fill(texts.web.photos_slip, { number: slips.children.length + 1 }), box));
    return box;
  };
  const kept = el("p", { id: "kept", className: "quiet-text", role: "status" });
  const read = () => [...slips.querySelectorAll("textarea")].map(({ value: text }) => ({ text, unit: unit.value, youth_group: group.value }));
  const why = el("input", { maxLength: 300, value: draft?.why ?? "" });
  const keep = () => {
    const held = memory.set(name, { slips: read().map((slip) => slip.text), unit: unit.value, group: group.value, why: why.value });
    const said = held ? texts.web.photos_kept : texts.web.photos_not_kept;
    if (kept.textContent !== said) kept.textContent = said;
  };
  const form = el(
    "form",
    { oninput: keep, onsubmit: (event) => (event.preventDefault(), end("typed", { slips: read() })) },
    field(texts.card.unit, unit),
    field(texts.card.group, group),
    slips,
    kept,
    button(texts.web.photos_more, () => more().focus()),
    el("button", { type: "submit", className: "button main", textContent: texts.web.photos_save }),
    field(texts.web.photos_why, why),
    button(texts.web.photos_unreadable, () => end("unreadable", { reason: why.value })),
    button(texts.web.photos_give_back, () => end("let-go", {})),
  );
  find("photo").replaceChildren(picture, form);
  find("photo").hidden = false;
  (draft?.slips ?? [""]).forEach((text) => more(text));
  if (draft) kept.textContent = texts.web.photos_back;
  slips.lastElementChild.querySelector("textarea").focus();
}

const field = (label, control) => el("label", { className: "own" }, el("span", { textContent: label }), control);
const button = (textContent, onclick) => el("button", { type: "button", className: "button", textContent, onclick });

/** What was typed stays where it is until the server has it; `look` drops what was kept of it. */
async function end(what, body) {
  const { status, data } = await post(open.id, what, body);
  if (status !== 200) return toast(data.message || texts.web.board_failed, true);
  open = null;
  find("photo").hidden = true;
  find("photo").replaceChildren();
  if (data.message) toast(data.message);
  look();
}

function toast(text, refused = false) {
  const node = el("div", { className: refused ? "toast refused" : "toast" }, el("span", { textContent: text }));
  find("toasts").append(node);
  setTimeout(() => node.remove(), refused ? 9000 : 6000);
}

async function start() {
  texts = await getJson("/api/board/texts");
  await look();
  listen(() => "/api/board/stream", { news: look }, (up) => (find("lost").hidden = up));
  document.body.dataset.photos = "1";
}

start().catch(() => (find("lost").hidden = false));

// Groups of submissions that ask nearly the same: proposals to read, and to make one issue of. Every member leads to its
// card on the board.
import { closeDialog } from "./board-dialogs.js";
import { showGather, showOutcomes } from "./board-work.js";
import { capital, el, fill, getJson, icon, listen, postJson, withCodes } from "./common.js";

const find = (id) => document.getElementById(id);

let texts; // sections of the catalogue: web, card, state
let bodies = []; // every department
let may = false; // whether this moderator may merge
let shown = ""; // what is drawn, so that a look that brings nothing new moves nothing under the reader
let timer = null;

// ---------------------------------------------------------------- looking

let looking = null;
let lookAgain = false;

/** Fetch the groups; several wishes at once become one more look. */
async function look() {
  if (looking) {
    lookAgain = true;
    return looking;
  }
  looking = (async () => {
    try {
      do {
        lookAgain = false;
        await lookOnce();
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

async function lookOnce() {
  const answer = await getJson("/api/board/groups");
  draw(answer);
  clearTimeout(timer);
  if (answer.again_in !== null) timer = setTimeout(look, 1000 * answer.again_in + 100);
}

// ---------------------------------------------------------------- drawing

function draw({ groups, found, compared, making, failed, may_gather }) {
  may = may_gather;
  find("count").textContent = status(groups.length, found, compared, making, failed);
  find("count").classList.toggle("failed", failed && !making);
  find("empty").hidden = making || failed || groups.length > 0;
  const look = JSON.stringify(groups);
  if (look === shown) return;
  shown = look;
  find("groups").replaceChildren(...groups.map(group));
}

function status(many, found, compared, making, failed) {
  if (making) return texts.web.groups_making;
  if (failed) return texts.web.groups_failed;
  if (!many) return "";
  const values = { groups: found, shown: many, compared: compared.toLocaleString("vi") };
  return fill(many < found ? texts.web.groups_most : texts.web.groups_count, values);
}

function group(one) {
  const { size, members } = one;
  const rest = size - members.length;
  return el(
    "section",
    { className: "card" },
    el("div", { className: "group-head" }, el("h2", { textContent: fill(texts.web.groups_size, { size }) }), may ? gathering(one) : null),
    el("ul", {}, ...members.map(member)),
    rest > 0 ? el("p", { className: "quiet-text", textContent: fill(texts.web.groups_more, { count: rest }) }) : null,
  );
}

function gathering(one) {
  const open = () => showGather(texts, bodies, one, gather);
  return el("button", { type: "button", className: "button", onclick: open }, icon("join"), el("span", { textContent: texts.web.gather_open }));
}

/** One request, which can be taken back; what could not be done is listed, and the groups are looked at anew. */
async function gather(wanted) {
  const data = await ask("/api/board/gather", wanted);
  if (data) say(data, texts.web.gather_done, () => scatter(data.made));
}

async function scatter(made) {
  const data = await ask("/api/board/gather/undo", made);
  if (data) say(data, texts.web.gather_undone, null);
}

/** What the server made of a wish; null where it refused, and then that is said. */
async function ask(address, wanted) {
  const answer = await postJson(address, wanted).catch(() => null);
  if (answer?.status === 200) return answer.data;
  toast(answer?.data.message || texts.web.board_failed, { refused: true });
  return null;
}

function say({ outcomes, problems }, said, undo) {
  const refused = outcomes.filter((outcome) => outcome.refused);
  const done = outcomes.length - refused.length;
  if (done) toast(fill(said, { count: done }), { undo });
  if (refused.length || problems.length) showOutcomes(texts, done, refused, problems);
  look();
}

function toast(text, { refused = false, undo = null } = {}) {
  const node = el("div", { className: refused ? "toast refused" : "toast" }, el("span", { textContent: text }));
  const press = () => {
    node.remove();
    undo();
  };
  if (undo) node.append(el("button", { type: "button", textContent: texts.card.undo, onclick: press }));
  find("toasts").append(node);
  setTimeout(() => node.remove(), refused ? 9000 : undo ? 15_000 : 6000);
}

function member({ code, text, state, unit, score }, place) {
  const mark = place ? fill(texts.web.groups_alike, { score }) : texts.web.groups_centre;
  const link = el("a", { className: "code", href: `/ban#${code}`, "aria-label": fill(texts.web.groups_open, { code }) }, ...withCodes(code));
  return el(
    "li",
    { className: place ? "" : "centre" },
    el(
      "div",
      { className: "head" },
      link,
      el("span", { className: `badge ${state}`, textContent: capital(texts.state[state]) }),
      el("span", { className: "alike", textContent: mark }),
    ),
    el("p", { className: "words", textContent: text }),
    el("p", { className: "quiet-text", textContent: `${texts.card.unit}: ${unit || texts.card.not_given}` }),
  );
}

// ---------------------------------------------------------------- beginning

async function start() {
  const [sections, topics] = await Promise.all([getJson("/api/board/texts"), getJson("/api/board/topics")]);
  texts = sections;
  bodies = topics.bodies;
  find("dialog").addEventListener("click", (event) => event.target === find("dialog") && closeDialog());
  await look();
  listen(() => "/api/board/stream", { news: look }, (up) => (find("lost").hidden = up));
  document.body.dataset.ready = "1";
}

start().catch(() => {
  find("lost").hidden = false;
  setTimeout(() => location.reload(), 5000);
});

// What both pages share: making elements, filling sentences, asking the server.

/** An element. `props` are properties (className, textContent, onclick …); aria-*, data-* and role become attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.includes("-") || name === "role" || name === "for") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** One of the pictures of icons.svg, which stands in the page itself, so that it is there without a server too.
 * Always beside words, so hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The text, its receipt codes (HY26-0042-K) kept on one line so that they can be read out and written down.
 * `show` makes the element of a code. */
export function withCodes(text, show = (code) => el("span", { className: "receipt", textContent: code })) {
  const parts = text.split(/\b([A-Z][A-Z0-9]*-\d{4,7}-[A-Z])\b/);
  return parts.map((part, place) => (place % 2 ? show(part) : part));
}

const HELPLINES = ["111", "113", "115"];

/** The bot's words: where they name all the numbers to call in danger, a tap calls each; codes as in withCodes. */
export function withNumbers(text) {
  const parts = text.split(/\b(111|113|115)\b/);
  if (!HELPLINES.every((number) => parts.includes(number))) return withCodes(text);
  const call = (number) => el("a", { className: "call", href: `tel:${number}`, textContent: number });
  return parts.flatMap((part, place) => (place % 2 ? [call(part)] : withCodes(part)));
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** A sentence of the catalogue with its values. */
export function fill(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Lower case without accents, for comparing: the same rule as bot/domain/text.py. */
export function fold(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().replaceAll("đ", "d").replace(/\s+/g, " ").trim();
}

export async function getJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`${address}: ${answer.status}`), { status: answer.status });
  return answer.json();
}

/** Resolves to {status, data}; rejects only where nothing came back at all. `keepalive`: also from a page that closes. */
export async function postJson(address, body, { keepalive = false } = {}) {
  const answer = await fetch(address, {
    method: "POST",
    keepalive,
    headers: { "Content-Type": "application/json", "X-Requested-With": "doithoai" },
    body: JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({}));
  return { status: answer.status, data };
}

/** A random id (UUID form) that also works on plain http, where crypto.randomUUID does not exist. */
export function newId() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** localStorage that does nothing where the browser forbids it (private windows). */
export const memory = {
  get(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  keepOnly(prefix, names) {
    try {
      const old = Object.keys(localStorage).filter((name) => name.startsWith(prefix) && !names.includes(name));
      old.forEach((name) => localStorage.removeItem(name));
    } catch {
      // Storage is forbidden here, so there is nothing to tidy.
    }
  },
};

/** A stream of server-sent events that also comes back after an answer that EventSource gives up on. */
export function listen(address, events, onState) {
  let source;
  let pause = 1000;
  const open = () => {
    source = new EventSource(address());
    source.onopen = () => {
      pause = 1000;
      onState(true);
    };
    source.onerror = () => {
      onState(false);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, pause);
      pause = Math.min(pause * 2, 30000);
    };
    for (const [name, heard] of Object.entries(events)) {
      source.addEventListener(name, (event) => heard(JSON.parse(event.data), event.lastEventId));
    }
  };
  open();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}

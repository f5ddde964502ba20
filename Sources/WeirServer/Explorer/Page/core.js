"use strict";
// What all views share: elements, requests, lists, tabs.

const $ = (id) => document.getElementById(id);

/// An element with attributes and children; texts never become markup.
function el(name, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "text", "path", "polyline", "title", "line"];
  const made = svg.includes(name)
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value") made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined) continue;
    made.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return made;
}

const state = { version: "v1", versions: [], schema: null, openapi: null, view: null, views: [] };

function headers(more = {}) {
  const token = $("token").value.trim();
  return token ? { ...more, Authorization: "Bearer " + token.replace(/^bearer /i, "") } : more;
}

/// A response with its body as text, and as JSON where it is.
async function ask(path, options = {}) {
  const start = performance.now();
  const response = await fetch(path, { ...options, headers: headers(options.headers) });
  const text = await response.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* it is shown as it is */ }
  return { status: response.status, headers: response.headers, text, json,
    milliseconds: performance.now() - start };
}

async function graphql(query, variables, operationName) {
  return ask(`/${state.version}/graphql`, {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables, operationName }),
  });
}

/// Calls back for each event of a stream until it ends or is aborted (HTML standard, 9.2).
async function events(path, options, signal, each) {
  const response = await fetch(path, {
    ...options, signal, headers: headers({ Accept: "text/event-stream", ...options.headers }),
  });
  if (!response.ok || !(response.headers.get("Content-Type") || "").includes("event-stream")) {
    return each({ event: "error", data: await response.text() });
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = {};
      for (const line of block.split("\n")) {
        const colon = line.indexOf(": ");
        if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 2);
      }
      if (event.event) each(event);
    }
  }
}

const shown = new Intl.NumberFormat("en").format;

function short(value) {
  const sizes = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];
  for (const [size, unit] of sizes) {
    if (Math.abs(value) >= size) return (value / size).toFixed(1) + unit;
  }
  return Math.abs(value) >= 0.05 && Math.abs(value) < 10 && value % 1 ? value.toFixed(1) : String(Math.round(value));
}

/// A list that is chosen from with keys and mouse.
function chooser(items, choose, chosen) {
  const list = el("ul", { class: "list", role: "listbox", tabindex: 0 });
  const rows = [];
  let at = -1;
  const select = (index) => {
    if (index < 0 || index >= rows.length) return;
    rows[at]?.row.setAttribute("aria-selected", "false");
    at = index;
    rows[at].row.setAttribute("aria-selected", "true");
    rows[at].row.scrollIntoView({ block: "nearest" });
    choose(rows[at].item);
  };
  for (const item of items) {
    if (item.group) { list.append(el("li", { class: "group" }, item.group)); continue; }
    const index = rows.length;
    const row = el("li", { role: "option", "aria-selected": "false", title: item.hint,
      onclick: () => { select(index); list.focus(); } }, item.name);
    rows.push({ item, row });
    list.append(row);
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    select(Math.min(rows.length - 1, Math.max(0, at + step)));
  });
  const first = rows.findIndex(({ item }) => item.name === chosen);
  if (rows.length) select(first < 0 ? 0 : first);
  return list;
}

/// Rows as a table; columns in the order of the first rows.
function table(rows, empty = "no rows") {
  if (!rows.length) return el("p", { class: "quiet" }, empty);
  const columns = [...new Set(rows.slice(0, 50).flatMap((row) => Object.keys(row)))];
  const isNumber = (name) => rows.every((row) => row[name] === null || typeof row[name] === "number");
  const numeric = new Set(columns.filter(isNumber));
  const cell = (value) => value === null || value === undefined ? "·"
    : typeof value === "object" ? JSON.stringify(value) : value;
  return el("table", {},
    el("thead", {}, el("tr", {}, columns.map((name) =>
      el("th", { class: numeric.has(name) ? "number" : null }, name)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, columns.map((name) =>
      el("td", { class: numeric.has(name) ? "number" : null }, cell(row[name])))))));
}

function show(...children) { $("view").replaceChildren(...children); }

function failure(answer) {
  const json = answer.json || {};
  const text = json.detail || json.cause || json.errors?.map((error) => error.message).join("\n")
    || answer.text || "no answer";
  const hint = answer.status === 401 ? "\nPut a token into the field above." : "";
  return el("p", { class: "bad", role: "alert" }, `${answer.status}: ${text}${hint}`);
}

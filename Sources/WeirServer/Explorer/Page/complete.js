// Completion of GraphQL: which type is selected from where the cursor is.

/// Names, punctuation and texts; comments are left out.
function tokens(text) {
  return text.match(/#[^\n]*|"""[^]*?"""|"(?:[^"\\]|\\.)*"|\.\.\.|[_A-Za-z]\w*|[-\d.]+|[^\s,]/g)
    ?.filter((token) => !token.startsWith("#")) || [];
}

/// What may stand at the end of a text.
function completions(text, schema) {
  const start = text.match(/[_A-Za-z]\w*$/)?.[0] || "";
  const before = tokens(text.slice(0, text.length - start.length));
  const root = (kind) => schema.roots.find((root) => root.kind === kind)?.type;
  const stack = [];
  let type = null, field = null, depth = 0, kind = null;
  for (let index = 0; index < before.length; index += 1) {
    const token = before[index];
    if (depth > 0) { depth += token === "(" ? 1 : token === ")" ? -1 : 0; continue; }
    if (token === "(") { depth = 1; continue; }
    if (token === "{") {
      stack.push(type);
      if (stack.length === 1) type = kind || root("query");
      else if (field) type = schema.types.get(typeName(field.type));
      field = null;
    } else if (token === "}") {
      type = stack.pop();
      field = null;
      if (!stack.length) kind = null;
    } else if (token === "on") {
      kind = type = schema.types.get(before[index + 1]) || type;
    } else if (!stack.length) {
      if (root(token)) kind = root(token);
    } else if (/^[_A-Za-z]/.test(token) && before[index - 1] !== "...") {
      field = type?.fields?.find((item) => item.name === token) || null;
    }
  }
  let found = [];
  if (depth > 0 && before[before.length - 1] !== ":") {
    found = (field?.args || []).map((item) => ({ name: item.name, after: ": ", type: item.type }));
  } else if (depth > 0) {
    const name = before[before.length - 2];
    const argument = field?.args?.find((item) => item.name === name);
    const values = argument && schema.types.get(typeName(argument.type))?.enumValues;
    found = (values || []).map((item) => ({ name: item.name, after: "" }));
  } else if (!stack.length) {
    found = schema.roots.map((item) => ({ name: item.kind, after: " " }));
  } else if (before[before.length - 1] === "on") {
    found = [...schema.types.values()].filter((item) => item.fields && !item.name.startsWith("__"))
      .map((item) => ({ name: item.name, after: " " }));
  } else {
    found = (type?.fields || []).map((item) => ({ name: item.name, after: "", type: item.type }));
    if (type) found.push({ name: "__typename", after: "" });
  }
  return { start, items: found.filter((item) =>
    item.name.toLowerCase().startsWith(start.toLowerCase()) && item.name !== start) };
}

/// A text area that completes.
function editor(text, rows, label, complete) {
  const area = el("textarea", { rows, spellcheck: "false", "aria-label": label, value: text });
  const box = el("div", { class: "editor" }, area);
  let list = null, items = [], at = 0, start = "";
  const close = () => { list?.remove(); list = null; };
  const take = (item) => {
    const end = area.selectionStart;
    area.setRangeText(item.name + item.after, end - start.length, end, "end");
    close();
    area.dispatchEvent(new Event("input"));
    area.focus();
  };
  const mark = () => [...list.children].forEach((row, index) => {
    row.setAttribute("aria-selected", String(index === at));
    if (index === at) row.scrollIntoView({ block: "nearest" });
  });
  const open = () => {
    close();
    if (!complete) return;
    ({ start, items } = complete(area.value.slice(0, area.selectionStart)));
    if (!items.length) return;
    at = 0;
    const lines = area.value.slice(0, area.selectionStart).split("\n");
    list = el("ul", { class: "list complete", role: "listbox", style:
      `top: ${Math.min(lines.length * 18 + 6 - area.scrollTop, area.clientHeight)}px;` +
      `left: ${Math.min(lines[lines.length - 1].length * 7.6 + 8, area.clientWidth - 200)}px` },
    items.slice(0, 60).map((item) => el("li", { role: "option", class: "mono",
      onmousedown: (event) => { event.preventDefault(); take(item); } },
    item.name, item.type ? el("span", { class: "quiet" }, "  " + typeText(item.type)) : null)));
    box.append(list);
    mark();
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); return open(); }
    if (event.key === "Tab" && !event.shiftKey && !list && complete) {
      const isInWord = /\w$/.test(area.value.slice(0, area.selectionStart));
      if (isInWord) { event.preventDefault(); open(); }
      return;
    }
    if (!list) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % Math.min(items.length, 60);
      mark();
    } else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") {
      event.preventDefault();
      take(items[at]);
    } else if (event.key === "Escape") { event.stopPropagation(); close(); }
  });
  area.addEventListener("input", () => { if (list || /\w$/.test(area.value.slice(0, area.selectionStart))) open(); });
  area.addEventListener("blur", close);
  return { box, area };
}

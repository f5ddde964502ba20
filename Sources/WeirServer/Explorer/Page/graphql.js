// GraphQL: a document, its variables, the answer; subscriptions go on until they are stopped.

/// A document for a field with all that it has to be given, and its plain columns.
function example(root, field, types) {
  const required = field.args.filter((item) => item.type.kind === "NON_NULL");
  const head = required.map((item) => `$${item.name}: ${typeText(item.type)}`).join(", ");
  const call = required.map((item) => `${item.name}: $${item.name}`);
  if (field.args.some((item) => item.name === "limit")) call.push("limit: 10");
  const type = types.get(typeName(field.type));
  const columns = (type?.fields || []).filter((item) => !types.get(typeName(item.type))?.fields);
  const selection = columns.map((item) => "    " + item.name).join("\n");
  return `${root.kind} ${field.name}${head ? `(${head})` : ""} {
  ${field.name}${call.length ? `(${call.join(", ")})` : ""}${selection ? ` {\n${selection}\n  }` : ""}
}\n`;
}

function sample(type, types, depth = 0) {
  if (type.kind === "NON_NULL") return sample(type.ofType, types, depth);
  if (type.kind === "LIST") return [sample(type.ofType, types, depth)];
  const found = types.get(type.name);
  if (found?.inputFields && depth < 4) {
    return Object.fromEntries(found.inputFields.filter((item) => item.type.kind === "NON_NULL")
      .map((item) => [item.name, sample(item.type, types, depth + 1)]));
  }
  if (found?.enumValues?.length) return found.enumValues[0].name;
  return { Int: 1, Long: 1, Float: 1.5, Boolean: true, Date: "2026-01-31",
    DateTime: "2026-01-31T12:00:00.000Z", LocalTime: "12:00:00", JSON: {} }[type.name] ?? "text";
}

const kept = { query: null, variables: "{}" };

state.views.push({ name: "GraphQL", async open() {
  const { schema, answer } = await loadSchema();
  if (!schema) return show(failure(answer));
  const complete = (text) => completions(text, schema);
  const query = editor(kept.query ?? "", 16, "document", complete);
  const variables = editor(kept.variables, 5, "variables, JSON");
  const note = el("span", { class: "quiet", role: "status" });
  const output = el("pre", { id: "answer", tabindex: 0 });
  const send = el("button", { class: "first", onclick: () => run() }, "send  Ctrl ↵");
  const stop = el("button", { disabled: true, onclick: () => this.stop() }, "stop");
  query.area.addEventListener("input", () => { kept.query = query.area.value; });
  variables.area.addEventListener("input", () => { kept.variables = variables.area.value; });
  const run = async () => {
    this.stop();
    let values;
    try { values = JSON.parse(variables.area.value.trim() || "{}"); } catch (error) {
      note.textContent = "the variables are no JSON: " + error.message;
      return;
    }
    const text = query.area.value;
    if (/^\s*subscription\b/m.test(text)) return follow(text, values);
    note.textContent = "…";
    const result = await graphql(text, values);
    note.textContent = `${result.status}, ${result.milliseconds.toFixed(1)} ms, ${shown(result.text.length)} characters`;
    output.textContent = result.json ? JSON.stringify(result.json, null, 2) : result.text;
  };
  const follow = async (text, values) => {
    this.abort = new AbortController();
    stop.disabled = false;
    output.textContent = "";
    let count = 0;
    note.textContent = "waiting for events";
    try {
      await events(`/${state.version}/graphql`, { method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ query: text, variables: values }) }, this.abort.signal, (event) => {
        if (event.event === "complete") { note.textContent = `${count} events; it is over`; return; }
        count += 1;
        note.textContent = `${count} events`;
        output.textContent = `${event.data}\n${output.textContent}`.slice(0, 100000);
      });
    } catch (error) { if (error.name !== "AbortError") note.textContent = String(error); }
    stop.disabled = true;
  };
  this.run = run;
  const fields = schema.roots.flatMap((root) => [{ group: root.kind },
    ...root.type.fields.map((field) => ({ name: field.name, hint: field.description, root, field }))]);
  let isFirst = kept.query !== null;
  const list = chooser(fields, (item) => {
    if (isFirst) { isFirst = false; return; }
    query.area.value = kept.query = example(item.root, item.field, schema.types);
    const required = item.field.args.filter((argument) => argument.type.kind === "NON_NULL");
    variables.area.value = kept.variables = JSON.stringify(Object.fromEntries(required
      .map((argument) => [argument.name, sample(argument.type, schema.types)])), null, 2);
  });
  show(el("div", { class: "split" }, list, el("div", { class: "halves" },
    el("div", {}, query.box, el("span", { class: "quiet" }, "variables"), variables.box,
      el("div", { class: "row" }, send, stop, note)),
    el("div", {}, output))));
  query.area.focus();
}, stop() { this.abort?.abort(); this.abort = null; }, close() { this.stop(); } });

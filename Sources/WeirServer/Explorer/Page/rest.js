// REST: operations of the specification, with a field for each parameter.

async function loadOpenAPI() {
  if (state.openapi) return { paths: state.openapi };
  const answer = await ask(`/${state.version}/openapi`);
  if (!answer.json?.paths) return { answer };
  state.openapi = Object.entries(answer.json.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
  return { paths: state.openapi };
}

function bodySample(schema) {
  if (schema.type === "object" || schema.properties) {
    const required = new Set(schema.required || []);
    return Object.fromEntries(Object.entries(schema.properties || {})
      .filter(([name]) => required.has(name)).map(([name, value]) => [name, bodySample(value)]));
  }
  if (schema.type === "array") return [bodySample(schema.items || {})];
  return { integer: 1, number: 1.5, boolean: true }[schema.type] ?? "text";
}

state.views.push({ name: "REST", async open() {
  const { paths, answer } = await loadOpenAPI();
  if (!paths) return show(failure(answer));
  const page = el("div");
  const open = (item) => {
    const { operation } = item;
    const inputs = new Map();
    const fields = (operation.parameters || []).map((parameter) => {
      const input = el("input", { "aria-label": parameter.name, size: 24,
        placeholder: parameter.schema.default ?? (parameter.required ? "needed" : "") });
      inputs.set(parameter, input);
      return el("tr", {}, el("td", { class: "mono" }, parameter.name),
        el("td", {}, input), el("td", { class: "quiet" },
          [[parameter.schema.type].flat().join(" or "), parameter.description].filter(Boolean).join(" · ")));
    });
    const schema = operation.requestBody?.content["application/json"]?.schema;
    const body = schema ? editor(JSON.stringify(bodySample(schema), null, 2), 8, "body, JSON") : null;
    const accept = el("select", { "aria-label": "format" }, Object.keys(operation.responses["200"].content)
      .map((type) => el("option", {}, type)));
    const note = el("span", { class: "quiet", role: "status" });
    const output = el("pre", { id: "answer", tabindex: 0 });
    const address = el("code");
    const made = () => {
      let path = item.path;
      const query = new URLSearchParams();
      for (const [parameter, input] of inputs) {
        if (!input.value) continue;
        if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
        else query.append(parameter.name, input.value);
      }
      return path + (query.size ? "?" + query : "");
    };
    const curl = () => {
      const words = ["curl", item.method === "get" ? null : `-X ${item.method.toUpperCase()}`,
        `'${location.origin}${made()}'`,
        accept.value === "application/json" ? null : `-H 'Accept: ${accept.value}'`,
        body ? `-H 'Content-Type: application/json' -d '${body.area.value.replaceAll("'", "'\\''")}'` : null];
      address.textContent = words.filter(Boolean).join(" ");
    };
    this.run = async () => {
      curl();
      note.textContent = "…";
      const result = await ask(made(), { method: item.method.toUpperCase(), headers: {
        Accept: accept.value + ", application/problem+json",
        ...(body ? { "Content-Type": "application/json" } : {}) }, body: body?.area.value });
      note.textContent = `${result.status}, ${result.milliseconds.toFixed(1)} ms`;
      output.textContent = result.json ? JSON.stringify(result.json, null, 2) : result.text;
    };
    for (const input of [...inputs.values(), accept, body?.area].filter(Boolean)) {
      input.addEventListener("input", curl);
    }
    curl();
    page.replaceChildren(el("h2", {}, `${item.method.toUpperCase()} ${item.path}`),
      operation.description ? el("p", {}, operation.description) : "",
      el("table", {}, el("tbody", {}, fields)), body?.box || "",
      el("div", { class: "row" }, el("button", { class: "first", onclick: () => this.run() },
        "send  Ctrl ↵"), accept, note), el("p", {}, address), output);
  };
  const list = chooser(paths.map((item) => ({ ...item, hint: item.operation.description,
    name: `${item.method.toUpperCase()} ${item.path.replace(/^\/[^/]+\/rest\//, "")}` })), open);
  show(el("div", { class: "split" }, list, page));
  list.focus();
} });

// Live queries: rows that stay as they are in the store; and tables page by page.

/// GET operations without a parameter that has to be given.
function readable(paths) {
  return paths.filter(({ method, operation, path }) => method === "get"
    && path.includes("/rest/queries/") && !(operation.parameters || []).some((item) => item.required))
    .map(({ path }) => path.split("/").pop());
}

state.views.push({ name: "Live", async open() {
  const { paths, answer } = await loadOpenAPI();
  if (!paths) return show(failure(answer));
  const note = el("p", { class: "quiet", role: "status" });
  const body = el("div");
  const follow = async (name) => {
    this.close();
    const abort = this.abort = new AbortController();
    let rows = [], changes = 0;
    const draw = () => {
      note.textContent = `${shown(rows.length)} rows, ${shown(changes)} changes`;
      body.replaceChildren(table(rows.slice(0, 500).map((row) => JSON.parse(row))));
    };
    try {
      await events(`/${state.version}/live/${name}`, {}, abort.signal, (event) => {
        if (event.event === "error") { note.textContent = event.data; return; }
        if (event.event === "complete") { note.textContent += "; the pipeline has ended"; return; }
        const data = JSON.parse(event.data);
        if (event.event === "rows") rows = data.rows.map((row) => JSON.stringify(row));
        for (const change of data.changes || []) {
          const row = JSON.stringify(change.row);
          changes += 1;
          if (change.kind === "+I") rows.unshift(row);
          else rows.splice(rows.indexOf(row), 1);
        }
        draw();
      });
    } catch (error) { if (error.name !== "AbortError") note.textContent = String(error); }
  };
  const list = chooser(readable(paths).map((name) => ({ name })), (item) => follow(item.name));
  show(el("div", { class: "split" }, list, el("div", {}, note, body)));
  list.focus();
}, close() { this.abort?.abort(); this.abort = null; } });

state.views.push({ name: "Tables", async open() {
  const { paths, answer } = await loadOpenAPI();
  if (!paths) return show(failure(answer));
  const body = el("div");
  let name = null, offset = 0, turn = 0;
  const size = 50;
  const note = el("span", { class: "quiet", role: "status" });
  const filter = el("input", { id: "filter", placeholder: "filter this page  /", size: 24,
    "aria-label": "filter" });
  let rows = [];
  const draw = () => {
    const word = filter.value.toLowerCase();
    const found = rows.filter((row) => JSON.stringify(row).toLowerCase().includes(word));
    body.replaceChildren(table(found));
  };
  const load = async () => {
    const own = turn += 1;
    const result = await ask(`/${state.version}/rest/queries/${name}?limit=${size}&offset=${offset}`);
    if (own !== turn) return;
    const single = result.json?.data === undefined;
    if (single) return body.replaceChildren(failure(result));
    const data = result.json.data;
    rows = [data?.pagination ? data.results : data].flat().filter(Boolean);
    const page = rows.length ? `rows ${offset + 1} to ${offset + rows.length}` : "no more rows";
    note.textContent = `${page}, ${result.milliseconds.toFixed(1)} ms`;
    draw();
  };
  const page = (step) => { offset = Math.max(0, offset + step * size); load(); };
  filter.addEventListener("input", draw);
  const list = chooser(readable(paths).map((item) => ({ name: item })), (item) => {
    name = item.name; offset = 0; load();
  });
  show(el("div", { class: "split" }, list, el("div", {}, el("div", { class: "row" },
    el("button", { onclick: () => page(-1) }, "‹ back"),
    el("button", { onclick: () => page(1) }, "next ›"), filter, note), body)));
  list.focus();
} });

// The pipeline as a graph, and rejects by cause.

/// Stages in columns: each stands behind the last of its inputs.
function columns(stages) {
  const depth = new Map();
  for (const stage of stages) {
    depth.set(stage.name, Math.max(0, ...stage.inputs.map((name) => (depth.get(name) ?? 0) + 1)));
  }
  const result = [];
  for (const stage of stages) (result[depth.get(stage.name)] ||= []).push(stage);
  return result;
}

function graph(stages, open) {
  const [width, height, gapX, gapY] = [190, 44, 50, 14];
  const place = new Map();
  const all = columns(stages);
  all.forEach((list, column) => list.forEach((stage, row) => {
    place.set(stage.name, { x: 8 + column * (width + gapX), y: 8 + row * (height + gapY) });
  }));
  const most = Math.max(1, ...all.map((list) => list.length));
  const lines = stages.flatMap((stage) => stage.inputs.map((name) => {
    const from = place.get(name), to = place.get(stage.name);
    const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2];
    return el("path", { class: "edge",
      d: `M${x1} ${y1} C${x1 + gapX / 2} ${y1} ${x2 - gapX / 2} ${y2} ${x2} ${y2}` });
  }));
  const boxes = stages.map((stage) => {
    const { x, y } = place.get(stage.name);
    const rejected = stage.ledger.rejected || 0;
    const kind = stage.inputs.length ? stage.kind === "tbl" ? "store" : "" : "source";
    const name = stage.name.length > 26 ? stage.name.slice(0, 25) + "…" : stage.name;
    return el("g", { class: `stage ${kind} ${rejected ? "rejecting" : ""}`, tabindex: 0, role: "button",
      "aria-label": stage.name, onclick: () => open(stage.name),
      onkeydown: (event) => { if (event.key === "Enter") open(stage.name); } },
    el("rect", { x, y, width, height, rx: 5 }), el("title", {}, stage.name),
    el("text", { x: x + 8, y: y + 18 }, name),
    el("text", { x: x + 8, y: y + 34, class: "small" },
      `${stage.kind} · in ${short(stage.rowsIn)} · out ${short(stage.rowsOut)}`
      + (rejected ? ` · rejects ${short(rejected)}` : "")));
  });
  const box = [all.length * (width + gapX) + 16, most * (height + gapY) + 16];
  return el("svg", { width: box[0], height: box[1], viewBox: `0 0 ${box[0]} ${box[1]}`,
    role: "group", "aria-label": "stages" }, lines, boxes);
}

state.views.push({ name: "Pipeline", async open() {
  const detail = el("div", { "aria-live": "polite" });
  const picture = el("div", { style: "overflow: auto" });
  let chosen = null, drawn = null;
  show(picture, detail);
  const draw = () => {
    const data = state.pipeline;
    if (!data) return picture.replaceChildren(state.pipelineFailure || el("p", {}, "…"));
    const text = JSON.stringify(data.stages.map((stage) => [stage.name, stage.rowsIn, stage.rowsOut]));
    // A picture that is drawn anew loses the focus of who walks through it.
    if (text !== drawn && !picture.contains(document.activeElement)) {
      picture.replaceChildren(graph(data.stages, (name) => { chosen = name; draw(); }));
      drawn = text;
    }
    const stage = data.stages.find((item) => item.name === chosen);
    if (!stage) return;
    const seconds = data.seconds || 1;
    const busy = Math.min(100, 100 * stage.busySeconds / seconds);
    const blocked = Math.min(100 - busy, 100 * stage.blockedSeconds / seconds);
    const facts = [["rows in", shown(stage.rowsIn)], ["rows out", shown(stage.rowsOut)],
      ["busy, blocked", `${busy.toFixed(1)} %, ${blocked.toFixed(1)} %`],
      ["queue", `${stage.queued} of ${stage.capacity}`],
      ["99 % of rows within", `${stage.p99Milliseconds.toFixed(1)} ms`],
      ["state", `${short(stage.stateBytes)}B`],
      ["watermark", stage.watermark ? new Date(stage.watermark * 1000).toISOString() : "·"],
      ...Object.entries(stage.ledger).map(([reason, count]) => ["rows " + reason, shown(count)])];
    detail.replaceChildren(el("h2", {}, stage.name),
      el("div", { class: "bar", style: "width: 20rem" }, el("i", { style: `width: ${busy}%` }),
        el("i", { style: `width: ${blocked}%` })),
      el("table", {}, el("tbody", {}, facts.map(([name, value]) =>
        el("tr", {}, el("td", { class: "quiet" }, name), el("td", { class: "number" }, value))))));
  };
  this.tick = draw;
  draw();
} });

state.views.push({ name: "Rejects", async open() {
  const load = async () => {
    const answer = await ask("/rejects");
    if (!Array.isArray(answer.json)) return show(failure(answer));
    const all = answer.json.reduce((sum, item) => sum + item.count, 0);
    show(el("p", { class: "quiet" }, `${shown(all)} rejects; weir rejects --rows shows them one by one`),
      table(answer.json, "no row was refused"));
  };
  await load();
  let turn = 0;
  this.tick = () => { turn += 1; if (turn % 5 === 0) load(); };
} });

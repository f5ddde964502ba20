// Metrics as lines over the last minutes; they are kept while other views are shown.

const past = { points: [], most: 300 };

function record(data) {
  const sources = data.stages.filter((stage) => !stage.inputs.length);
  const stored = data.stages.filter((stage) => stage.kind === "tbl");
  const sum = (list, of) => list.reduce((total, stage) => total + of(stage), 0);
  past.points.push({ at: performance.now() / 1000,
    in: sum(sources, (stage) => stage.rowsOut), out: sum(stored, (stage) => stage.rowsIn),
    rejects: sum(data.stages, (stage) => stage.ledger.rejected || 0),
    late: sum(data.stages, (stage) => stage.ledger.late || 0),
    busy: sum(data.stages, (stage) => stage.busySeconds), requests: data.api.requests,
    failed: data.api.failed, followers: data.api.followers,
    state: sum(data.stages, (stage) => stage.stateBytes), commit: data.commit.seconds * 1000 });
  if (past.points.length > past.most) past.points.shift();
}

/// Changes a second between points.
function rates(of) {
  return past.points.slice(1).map((point, index) => {
    const before = past.points[index];
    return Math.max(0, (of(point) - of(before)) / Math.max(0.001, point.at - before.at));
  });
}

function chart(name, unit, values) {
  const last = values[values.length - 1] ?? 0;
  const top = Math.max(...values, 1e-9);
  const points = values.map((value, index) =>
    `${(index / Math.max(1, values.length - 1) * 300).toFixed(1)},${(58 - value / top * 54).toFixed(1)}`);
  return el("figure", { class: "chart", style: "margin: 0" },
    el("div", { class: "row" }, el("span", { class: "grow quiet" }, name), el("b", {}, short(last)),
      el("span", { class: "quiet" }, unit)),
    el("svg", { viewBox: "0 0 300 60", preserveAspectRatio: "none", role: "img",
      "aria-label": `${name}: ${short(last)} ${unit}, at most ${short(top)}` },
    el("polyline", { points: points.join(" ") })),
    el("div", { class: "quiet" }, `at most ${short(values.length ? top : 0)}`));
}

state.views.push({ name: "Metrics", async open() {
  this.tick = () => show(el("div", { class: "charts" },
    chart("rows in", "/s", rates((point) => point.in)),
    chart("rows to tables", "/s", rates((point) => point.out)),
    chart("rejects", "/s", rates((point) => point.rejects)),
    chart("late rows", "/s", rates((point) => point.late)),
    chart("busy stages", "cores", rates((point) => point.busy)),
    chart("requests", "/s", rates((point) => point.requests)),
    chart("failed requests", "/s", rates((point) => point.failed)),
    chart("followers", "", past.points.map((point) => point.followers)),
    chart("state", "B", past.points.map((point) => point.state)),
    chart("last commit", "ms", past.points.map((point) => point.commit))),
  el("p", { class: "quiet" }, "The same for Prometheus: /metrics"));
  this.tick();
} });

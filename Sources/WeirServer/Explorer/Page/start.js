// Tabs, keys, the clock.

function go(index) {
  const view = state.views[index];
  if (!view) return;
  state.view?.close?.();
  state.view = view;
  view.tick = null;
  view.run = null;
  [...$("tabs").children].forEach((tab, number) =>
    tab.setAttribute("aria-selected", String(number === index)));
  window.history.replaceState(null, "", "#" + view.name.toLowerCase());
  show(el("p", { class: "quiet" }, "…"));
  view.open().catch((error) => show(el("p", { class: "bad", role: "alert" }, String(error))));
}

function themes() {
  const root = document.documentElement;
  const isDark = root.dataset.theme === "dark"
    || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = isDark ? "light" : "dark";
}

async function poll() {
  const answer = await ask("/pipeline").catch(() => null);
  const data = answer?.json?.stages ? answer.json : null;
  state.pipeline = data;
  if (!data) {
    state.pipelineFailure = answer ? failure(answer) : el("p", { class: "bad" }, "no answer");
    $("state").textContent = answer ? String(answer.status) : "away";
    $("state").className = "badge failed";
    state.view?.tick?.();
    return;
  }
  record(data);
  const last = (values) => values[values.length - 1] ?? 0;
  $("name").textContent = data.name;
  $("state").textContent = data.state;
  $("state").className = "badge " + data.state;
  $("rates").textContent = `in ${short(last(rates((point) => point.in)))}/s · `
    + `requests ${short(last(rates((point) => point.requests)))}/s`;
  document.title = `${data.name} · Weir`;
  state.view?.tick?.();
}

function reload() {
  state.schema = state.openapi = null;
  go(Math.max(0, state.views.indexOf(state.view)));
}

document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && state.view?.run) {
    event.preventDefault();
    state.view.run();
  } else if (event.key === "Escape") {
    state.view?.stop?.();
    if (isTyping) event.target.blur();
  } else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (/^[1-9]$/.test(event.key)) { go(Number(event.key) - 1);
  } else if (event.key === "?") { $("keys").showModal();
  } else if (event.key === "t") { themes();
  } else if (event.key === "/" && $("filter")) { event.preventDefault(); $("filter").focus(); }
});

async function start() {
  state.views.forEach((view, index) => $("tabs").append(el("button", { role: "tab",
    "aria-selected": "false", onclick: () => go(index) }, el("kbd", {}, index + 1), view.name)));
  $("token").value = sessionStorage.getItem("token") || "";
  $("token").addEventListener("change", () => {
    sessionStorage.setItem("token", $("token").value);
    reload();
  });
  $("theme").addEventListener("click", themes);
  $("help").addEventListener("click", () => $("keys").showModal());
  const answer = await ask("/versions").catch(() => null);
  state.versions = answer?.json?.versions || [{ version: "v1" }];
  state.version = state.versions[0].version;
  $("version").replaceChildren(...state.versions.map((item) => el("option", {}, item.version)));
  $("version").addEventListener("change", () => { state.version = $("version").value; reload(); });
  const wanted = state.views.findIndex((view) => "#" + view.name.toLowerCase() === location.hash);
  await poll();
  go(Math.max(0, wanted));
  setInterval(poll, 1000);
}

start();

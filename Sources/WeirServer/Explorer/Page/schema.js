// The API's documentation, from its schema.

const introspection = `{ __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { name kind description
    fields { name description args { name description defaultValue type { ...t } } type { ...t } }
    inputFields { name description defaultValue type { ...t } }
    enumValues { name description } interfaces { name } possibleTypes { name } } } }
fragment t on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name } } } } } }`;

function typeText(type) {
  if (type.kind === "NON_NULL") return typeText(type.ofType) + "!";
  if (type.kind === "LIST") return "[" + typeText(type.ofType) + "]";
  return type.name;
}

function typeName(type) { return type.ofType ? typeName(type.ofType) : type.name; }

/// The schema with its types by name; null where there is none, with why.
async function loadSchema() {
  if (state.schema) return { schema: state.schema };
  const answer = await graphql(introspection, {});
  const found = answer.json?.data?.__schema;
  if (!found) return { answer };
  const types = new Map(found.types.map((type) => [type.name, type]));
  state.schema = { types,
    roots: [["query", found.queryType], ["mutation", found.mutationType],
      ["subscription", found.subscriptionType]]
      .filter(([, type]) => type).map(([kind, type]) => ({ kind, type: types.get(type.name) })) };
  return { schema: state.schema };
}

function typeLink(type, open) {
  const name = typeName(type);
  const isLinked = state.schema.types.get(name)?.kind !== "SCALAR";
  return isLinked
    ? el("a", { href: "#", onclick: (event) => { event.preventDefault(); open(name); } },
      typeText(type))
    : typeText(type);
}

function typeDocument(name, open) {
  const type = state.schema.types.get(name);
  const row = (item) => el("tr", {},
    el("td", { class: "mono" }, item.name),
    el("td", { class: "mono" }, item.type ? typeLink(item.type, open) : ""),
    el("td", { class: "mono" }, (item.args || []).map((argument, index) => el("div", {},
      argument.name + ": ", typeLink(argument.type, open),
      argument.defaultValue === null ? "" : " = " + argument.defaultValue))),
    el("td", { class: "quiet" }, item.description || ""));
  const items = type.fields || type.inputFields || type.enumValues || [];
  const headings = ["name", "type", "arguments", "what"];
  return el("article", {},
    el("h2", {}, type.name + " ", el("span", { class: "quiet" }, type.kind.toLowerCase())),
    type.description ? el("p", {}, type.description) : null,
    el("table", {}, el("thead", {}, el("tr", {}, headings.map((text) => el("th", {}, text)))),
      el("tbody", {}, items.map(row))));
}

state.views.push({ name: "API", async open() {
  const { schema, answer } = await loadSchema();
  if (!schema) return show(failure(answer));
  const page = el("div");
  const roots = new Set(schema.roots.map(({ type }) => type.name));
  const open = (name) => page.replaceChildren(typeDocument(name, open));
  const others = [...schema.types.values()]
    .filter((type) => !type.name.startsWith("__") && !roots.has(type.name) && type.kind !== "SCALAR")
    .sort((left, right) => left.name < right.name ? -1 : 1);
  const list = chooser([{ group: "operations" },
    ...schema.roots.map(({ type }) => ({ name: type.name, hint: type.description })),
    { group: "types" }, ...others.map((type) => ({ name: type.name, hint: type.description }))],
  (item) => open(item.name));
  show(el("div", { class: "split" }, list, page));
  list.focus();
} });

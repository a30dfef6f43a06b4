"use strict";
// The page: puts the parts together. The state is in explorer-state.js; the other scripts come before this one.

/** @param {string} id @returns {any} the content of a data block */
function block(id) {
  return JSON.parse(document.getElementById(`data-${id}`)?.textContent ?? "null");
}

/** @param {string} id @returns {Generator<void, any>} of the content of a packed block */
function* packedBlock(id) {
  const unpacking = new Unpacking(document.getElementById(`packed-${id}`)?.textContent ?? "");
  while (!unpacking.step()) yield;
  return JSON.parse(unpacking.text);
}

/** @returns {Generator<void, [Rest, any[]]>} all that the tree does not need, and its prose */
function* packedRest() {
  return [yield* packedBlock("rest"), yield* packedBlock("prose")];
}

/** @returns {Graph} of the page, complete: for tests and for the curious in the console */
function wholeGraph() {
  const graph = new Graph(readColumns(block("picture").graph, packedRest));
  graph.complete();
  return graph;
}

/** @param {string} selector @returns {HTMLElement} an element of the template */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

function start() {
  const picture = block("picture");
  const graph = new Graph(readColumns(picture.graph, packedRest));
  const ids = modelsOf(graph);
  const geometry = readLayout(picture.layout, graph, picture.bands.of);
  const shown = new Shown(
    graph,
    geometry,
    picture.coarse.map((/** @type {number} */ at) => ids[at]),
  );
  const colours = new Colours(graph, shown, picture.bands);
  const live = part("#live");
  /** @param {string} text */
  const say = (text) => {
    live.textContent = text;
  };
  const notice = new Notice(part("#notice"), say);
  const store = new Store(knownIn(graph, shown), (lost) => notice.show(lost));
  store.listen(() => notice.hide());

  // -- parts -----------------------------------------------------------------------------------------------------------

  /** Whether the details are put away while their node stays chosen. */
  let folded = false;
  let filtering = false;
  const choose = (/** @type {string} */ id) => {
    folded = false;
    store.go({ node: id, other: null });
  };
  const unfold = (/** @type {string} */ id) => {
    const { open } = store.state;
    store.go({ open: open.includes(id) ? open.filter((one) => one !== id) : [...open, id].slice(-MOST_OPEN) });
    const count = store.state.open.includes(id) ? "unfolded" : "folded";
    say(`${graph.node(id).name} ${count}, ${tree.boxes.size} models shown`);
  };
  const years = (/** @type {number} */ from, /** @type {number} */ to) =>
    store.filter({ from: from <= shown.first ? null : from, to: to >= shown.last ? null : to });
  const close = () => {
    const { node, view } = store.state;
    if (view !== "tree" && !folded) {
      folded = true;
      render(store.state, store.state);
      return view === "table" && node !== null ? table.focus(node) : part("#network").focus();
    }
    folded = false;
    store.go({
      node: null,
      other: null,
      up: null,
      down: null,
      focus: DEFAULT.focus,
      view: view === "network" && !isLimited(store.state) ? "tree" : view,
    });
    if (node !== null && tree.marks.has(node)) tree.focus(node);
    else search.box.focus();
  };
  const tree = new Tree(part("#tree"), graph, geometry, { choose, unfold, years });
  const group = (/** @type {string} */ id) => colours.groupOf(id);
  const network = new Network(part("#network"), part("#network-note"), graph, picture.network, group, { choose, say });
  const table = new Table(part("#table"), graph, shown, {
    choose,
    sort: (sort) => store.go({ sort, outline: false }),
    say,
  });
  const about = { search: () => search.prepare(), repository: block("about")?.repository ?? null };
  const relate = (/** @type {string} */ one, /** @type {string|null} */ other) => {
    folded = false;
    store.go({ node: one, other });
  };
  const panel = new Panel(part("#panel"), graph, about, {
    choose,
    close,
    relate,
    link: (/** @type {string} */ id, /** @type {string|undefined} */ other) =>
      store.link({ node: id, other: other ?? null }),
    say,
    view: (/** @type {string} */ view) =>
      store.go({ view: view === "network" ? "network" : view === "table" ? "table" : "tree" }),
  });
  const search = new SearchBox(graph, {
    say,
    take: (hit) => {
      folded = false;
      store.go({ node: hit.node.id, other: null });
      if (store.state.view === "tree" && tree.marks.has(hit.node.id)) tree.focus(hit.node.id);
      else panel.focus();
    },
    relate: (one, other) => {
      relate(one, other);
      panel.focus();
    },
    select: (query) => {
      store.go({ query, node: null });
      say(part(store.state.view === "network" ? "#network-note" : "#shown-note").textContent ?? "");
    },
    find: (query) => {
      const { all, fault } = shown.select(query);
      return { ids: [...all], fault };
    },
    named: (text) => shown.named(text),
  });
  const filters = new FilterPanel(part("#filters"), store, shown, graph, () => filter(false));
  const filter = (/** @type {boolean} */ on) => {
    filtering = on;
    render(store.state, store.state);
    if (on) filters.focus();
    else part("#filter").focus();
  };

  const empty = new Empty(part("#empty"), store, shown);

  // -- showing a state -------------------------------------------------------------------------------------------------

  const title = document.title;
  /** @param {State} state @param {State|null} before */
  const render = (state, before) => {
    // The tree alone is made of what is there at once.
    if (state.node !== null || state.other !== null || state.view === "network" || state.technique !== null || filtering)
      graph.complete();
    const sight = shown.look(state);
    const root = document.documentElement;
    const node = state.node === null ? null : graph.node(state.node);
    const details = node !== null && !folded;
    root.classList.toggle("has-panel", details);
    root.classList.toggle("has-filters", filtering);
    root.classList.toggle("embed", state.embed);
    if (
      before === null ||
      before.node !== state.node ||
      before.view !== state.view ||
      before.other !== state.other ||
      part("#panel").hidden === details
    )
      panel.show(details ? state.node : null, state.view, state.other);
    part("#filters").hidden = !filtering;
    part("#filter").setAttribute("aria-expanded", String(filtering));
    if (filtering) filters.show(state);
    for (const [view, place] of /** @type {[View, string][]} */ ([
      ["tree", "#tree"],
      ["network", "#network-view"],
      ["table", "#table"],
    ]))
      part(place).hidden = state.view !== view;
    part(".zoom").hidden = state.view === "table";
    part(".legend").hidden = state.view === "table";
    for (const own of /** @type {NodeListOf<HTMLElement>} */ (part(".legend").querySelectorAll("[data-of]")))
      own.hidden = own.dataset.of !== state.view;
    for (const button of document.querySelectorAll("[data-view]"))
      button.setAttribute("aria-pressed", String(button.getAttribute("data-view") === state.view));
    part("#legend-colours").replaceChildren(...colours.legend(state));
    note(state, sight);
    if (state.view === "tree") tree.show(state, sight, before, colours.tone(state));
    else if (state.view === "table") {
      table.show(state, sight);
      if (state.node !== null && (before === null || before.node !== state.node || before.view !== state.view))
        table.reveal(state.node);
    } else
      network.show(scopeOf(graph, shown, state), reach(state), state.all, colours.toneOfAny(state), limitsOf(state, shown).join(", "));
    offerAll(state, sight);
    empty.show(state, state.view === "table" ? shown.rows(state, sight).length : sight.models.size);
    const other = node && state.other !== null ? ` and ${graph.node(state.other).name}` : "";
    document.title = node ? `${node.name}${other} · ${title}` : title;
    if (node && (before === null || before.node !== state.node || before.view !== state.view))
      say(`${node.name}, ${state.view} view`);
    if (state.embed) tellHeight();
  };
  const reach = (/** @type {State} */ { up, down }) => ({ up: Math.min(up ?? 1, 3), down: Math.min(down ?? 1, 3) });

  /** The line above the picture: how much is shown and why, and what can be done about it. @param {State} state @param {Sight} sight */
  const note = (state, sight) => {
    const total = shown.models.length;
    const rows = state.view === "table" ? shown.rows(state, sight) : [];
    const others = [...sight.selected].some((id) => !sight.matching.has(id));
    const count = state.view === "table" ? rows.length : sight.models.size;
    const node = state.node === null ? null : graph.node(state.node);
    const limits = limitsOf(state, shown);
    const only = node !== null && state.focus === "only";
    part("#shown-note").hidden = state.view === "network";
    const other = state.other === null ? null : graph.node(state.other);
    const joined = other !== null && state.view === "tree" && (only || (state.focus === "dim" && !state.all));
    const own = node && node.kind !== "model" ? shown.placed([...sight.up, ...sight.down]).length : 0;
    const placed = [...sight.selected].some((id) => sight.matching.has(id));
    const standing = placed
      ? `, of a selection of ${countedKinds(graph, sight.selected).replace(": ", " (")})`
      : `, those of ${countedKinds(graph, sight.selected)}`;
    const what = joined ? `what joins ${node?.name} and ${other.name}` : only ? `the lineage of ${node.name}` : "";
    part("#shown-note").replaceChildren(
      others && state.view === "table" ? countedKinds(graph, rows) : `${count} of ${total} models`,
      others && state.view === "tree" ? standing : "",
      what && `: ${what}`,
      sight.waiting && state.view === "tree" ? `, among them ${own - sight.waiting} of its ${own}` : "",
      ...(limits.length ? [": ", el("b", {}, limits.join(", "))] : []),
      ...(sight.fault ? [" ", el("span", { class: "fault" }, sight.fault.message)] : []),
    );
    part("#shown").hidden = state.embed && state.view !== "network";
    const lineage = part("#lineage");
    lineage.hidden = node === null || other !== null || state.view === "network" || (node.kind !== "model" && !own);
    lineage.textContent = own ? `Only its ${counted(own, "model", "models")}` : "Only this lineage";
    lineage.setAttribute("aria-pressed", String(only));
    const outline = part("#outline");
    outline.hidden = state.view !== "table";
    outline.setAttribute("aria-pressed", String(state.outline));
    const reset = part("#reset");
    reset.hidden = !isLimited(state) && !state.open.length && state.colour === DEFAULT.colour;
    const badge = limits.length;
    part("#filter").textContent = badge ? `Filter (${badge})` : "Filter";
    hops(state, node);
  };

  /** Where less is shown than there is, the button that shows it. @param {State} state @param {Sight} sight */
  const offerAll = (state, sight) => {
    const all = part("#all");
    const only = state.node !== null && state.focus === "only";
    const near = Math.max(...Object.values(reach(state))) < 2;
    const fewer = (state.all ? shown.coarse.size : sight.models.size) < geometry.boxes.size;
    const around = network.scope.centre !== null && network.scope.other === null;
    all.hidden = {
      tree: isLimited(state) || only || !fewer,
      network: !around || !near || !(state.all || network.limited),
      table: true,
    }[state.view];
    all.textContent = state.view === "network" ? `Show ${network.total} neighbours` : "Show everything";
    all.setAttribute("aria-pressed", String(state.all));
  };

  /** @param {State} state @param {NodeData|null} node */
  const hops = (state, node) => {
    const host = part("#hops");
    host.hidden = node === null || (state.other !== null && state.view !== "table") || (node.kind !== "model" && state.view !== "network");
    if (host.hidden) return;
    if (!host.childElementCount)
      for (const way of /** @type {("up"|"down")[]} */ (["up", "down"])) {
        const name = way === "up" ? "Ancestors" : "Descendants";
        const select = el("select", { "data-hops": way, "aria-label": `${name}: generations` });
        select.addEventListener("change", () => {
          const value = /** @type {HTMLSelectElement} */ (select).value;
          store.go({ [way]: value === "" ? null : Number(value) });
        });
        host.append(el("label", {}, el("span", {}, way === "up" ? "Up" : "Down"), select));
      }
    for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (host.querySelectorAll("select"))) {
      const way = /** @type {"up"|"down"} */ (select.getAttribute("data-hops"));
      const inNetwork = state.view === "network";
      const most = inNetwork ? 3 : 6;
      const values = Array.from({ length: most + 1 }, (_, at) => String(at));
      const value = String(inNetwork ? reach(state)[way] : (state[way] ?? ""));
      if (value && !values.includes(value)) values.push(value);
      select.replaceChildren(
        ...(inNetwork ? [] : [el("option", { value: "" }, "all")]),
        ...values.map((one) => el("option", { value: one }, one)),
      );
      select.value = value;
    }
  };
  store.listen(render);

  // -- buttons and keys ------------------------------------------------------------------------------------------------

  const turn = (/** @type {View} */ view) => {
    folded = false;
    const { state } = store;
    // The network of nothing in particular is that of the model with the most claims; a selection has its own.
    store.go({ view, node: view === "network" && !isLimited(state) ? (state.node ?? graph.hub()) : state.node });
  };
  for (const button of document.querySelectorAll("[data-view]"))
    button.addEventListener("click", () => turn(/** @type {View} */ (button.getAttribute("data-view"))));
  /** A key turns the view from within it: the focus goes on in the one that comes. @param {View} view */
  const turnWithin = (view) => {
    const inside = part("#stage").contains(document.activeElement);
    turn(view);
    if (!inside) return;
    const { node } = store.state;
    if (view === "table") table.enter(node);
    else if (view === "network") part("#network").focus();
    else if (node !== null && tree.marks.has(node)) tree.focus(node);
    else tree.enter();
  };
  for (const button of document.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => {
      const way = button.getAttribute("data-zoom");
      const view = store.state.view === "network" ? network : tree;
      if (way === "fit") view.fit();
      else view.zoom(way === "in" ? 1.3 : 1 / 1.3);
    });
  const only = () => store.state.node !== null && store.go({ focus: store.state.focus === "only" ? "dim" : "only" });
  part("#lineage").addEventListener("click", only);
  part("#all").addEventListener("click", () => store.go({ all: !store.state.all }));
  part("#outline").addEventListener("click", () => store.go({ outline: !store.state.outline }));
  part("#reset").addEventListener("click", () => {
    store.go({ filters: NO_FILTERS, query: "", open: [], colour: DEFAULT.colour, technique: null });
    search.box.focus();
  });
  part("#filter").addEventListener("click", () => filter(!filtering));
  const keys = /** @type {HTMLDialogElement} */ (part("#keys"));
  const help = () => {
    fillKeys(keys, (query) => store.go({ query, node: null }));
    keys.showModal();
  };
  part("#help").addEventListener("click", help);
  part("#network").addEventListener("keydown", (event) => {
    const { node } = store.state;
    // Of a selection without a chosen node an arrow takes the earliest.
    const first = event.key.startsWith("Arrow") ? ([...network.order].sort(graph.byDate)[0] ?? null) : null;
    const next = node === null ? first : walk(graph, node, event.key);
    if (next === null) return;
    event.preventDefault();
    if (next !== node) choose(next);
  });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    const typing = target.matches("input:not([type=checkbox]), select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (event.key === "Escape") {
      if (filtering) filter(false);
      else if (store.state.node !== null) close();
      return;
    }
    if (typing) return;
    const views = { 1: "tree", 2: "network", 3: "table" };
    const act = {
      "/": () => search.focus(),
      "?": help,
      f: () => filter(!filtering),
      l: only,
      ...Object.fromEntries(Object.entries(views).map(([key, view]) => [key, () => turnWithin(/** @type {View} */ (view))])),
    };
    if (!Object.hasOwn(act, event.key)) return;
    event.preventDefault();
    act[/** @type {keyof typeof act} */ (event.key)]();
  });

  // -- theme, frame, size ----------------------------------------------------------------------------------------------

  const themeButton = part("#theme");
  const paint = () => {
    themeButton.setAttribute("aria-pressed", String(theme() === "dark"));
    if (store.started && store.state.view === "network") render(store.state, store.state);
  };
  themeButton.addEventListener("click", () => {
    document.documentElement.dataset.theme = theme() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("lineage-theme", document.documentElement.dataset.theme);
    } catch {
      // A sandboxed frame has no storage: the choice lasts as long as the page.
    }
    paint();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  /** A frame in a post learns how high the page would be; the number is all that is told, so anybody may hear it. */
  const tellHeight = () => {
    if (window.parent === window) return;
    const { state } = store;
    const own =
      state.view === "table"
        ? part("#table").scrollHeight
        : state.view === "tree"
          ? Math.ceil(tree.picture.height * tree.pane.scale) + AXIS
          : 640;
    const height = clamp(own + part("main").offsetTop, 240, 4000);
    window.parent.postMessage({ type: "lineage:height", height }, "*");
  };

  document.documentElement.classList.add("ready");
  paint();
  for (const begin of PARTS)
    begin({ store, graph, say, blocks: { tours: block("tours") ?? [] }, views: { tree, network, table, shown } });
  store.start();
  let frame = 0;
  let width = window.innerWidth;
  new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (store.state.view === "network") return render(store.state, store.state);
      // Another width of the window is another picture; a panel beside it is none.
      if (width !== window.innerWidth && store.state.view === "tree") render(store.state, store.state);
      width = window.innerWidth;
      tree.resize();
      if (store.state.embed) tellHeight();
    });
  }).observe(part("#stage"));
  // What only details and search need is read when the first picture stands, in pieces between which a key is heard.
  const idle = window.requestIdleCallback ?? ((/** @type {() => void} */ then) => setTimeout(then, 20));
  const readOn = (/** @type {IdleDeadline|undefined} */ deadline) => {
    do
      if (tree.describe() && graph.advance() && search.advance()) {
        shown.prepare();
        reading = false;
        return;
      }
    while ((deadline?.timeRemaining() ?? 0) > 8);
    idle(readOn);
  };
  let reading = false;
  store.listen(() => {
    if (reading) return;
    reading = true;
    requestAnimationFrame(() => idle(readOn));
  });
}

/** The node that a key leads to in the network; the same where there is none; null for a key without meaning. @param {Graph} graph @param {string} id @param {string} key */
function walk(graph, id, key) {
  if (key === "ArrowLeft") return graph.parents(id)[0] ?? id;
  if (key === "ArrowRight") return graph.children(id)[0] ?? id;
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const [parent] = graph.parents(id);
  const siblings = parent === undefined ? [id] : graph.children(parent);
  return siblings[siblings.indexOf(id) + (key === "ArrowUp" ? -1 : 1)] ?? id;
}

start();

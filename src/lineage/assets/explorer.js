"use strict";
// The page: state in the address, search, views, theme, keys. The other scripts are loaded before this one.

/** @typedef {{node: string|null, view: "tree"|"network", hops: number}} State */

/** @param {string} id @returns {any} the content of a data block */
function block(id) {
  return JSON.parse(document.getElementById(`data-${id}`)?.textContent ?? "null");
}

/** @param {string} selector @returns {HTMLElement} an element of the template */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

/** Reads the state from an address; what is unknown or malformed counts as not written. @param {string} hash @param {Graph} graph */
function readState(hash, graph) {
  const wanted = new URLSearchParams(hash.replace(/^#/, ""));
  const node = wanted.get("n");
  /** @type {State} */
  const state = {
    node: node !== null && graph.nodes.has(node) ? node : null,
    view: wanted.get("view") === "network" ? "network" : "tree",
    hops: wanted.get("hops") === "2" ? 2 : 1,
  };
  return { state, unknown: node !== null && state.node === null ? node : null };
}

/** @param {State} state @returns {string} only what differs from the default */
function writeState({ node, view, hops }) {
  const wanted = new URLSearchParams();
  if (node !== null) wanted.set("n", node);
  if (view !== "tree") wanted.set("view", view);
  if (hops !== 1 && view === "network") wanted.set("hops", String(hops));
  return wanted.toString();
}

function start() {
  const graph = new Graph(block("graph"));
  const search = new Search(graph);
  const live = part("#live");
  /** @param {string} text */
  const say = (text) => {
    live.textContent = text;
  };
  /** @type {State} */
  let state = { node: null, view: "tree", hops: 1 };

  // -- state -----------------------------------------------------------------------------------------------------------

  /** Goes to another state by a step that the back button takes back. @param {Partial<State>} change */
  const go = (change) => {
    const next = { ...state, ...change };
    if (next.view === "network" && next.node === null) next.node = graph.hub();
    const hash = writeState(next);
    if (hash === writeState(state)) return render(next);
    const address = hash ? `#${hash}` : location.href.split("#")[0];
    try {
      history.pushState(null, "", address);
    } catch {
      // A document without an address of its own (srcdoc) refuses; its fragment can still be set.
      location.hash = hash;
    }
    render(next);
  };
  /** Whether the details are put away while the network of their node stays. */
  let folded = false;
  const choose = (/** @type {string} */ id) => {
    folded = false;
    go({ node: id });
  };
  const close = () => {
    const { node } = state;
    if (state.view === "network" && !folded) {
      folded = true;
      render(state);
      return part("#network").focus();
    }
    folded = false;
    go({ node: null, view: "tree" });
    if (node !== null && tree.marks.has(node)) tree.focus(node);
    else box.focus();
  };
  const link = (/** @type {string} */ id) => `${location.href.split("#")[0]}#${writeState({ ...state, node: id })}`;

  const tree = new Tree(part("#tree"), graph, block("layout"), { choose, say });
  const network = new Network(part("#network"), part("#network-note"), graph, block("network"), { choose, say });
  const panel = new Panel(part("#panel"), graph, {
    choose,
    close,
    link,
    say,
    view: (view) => go({ view: view === "network" ? "network" : "tree" }),
  });

  /** Shows a state. @param {State} next @param {boolean} [centre] */
  const render = (next, centre = false) => {
    const before = state;
    state = next;
    if (state.view === "tree") folded = false;
    document.documentElement.classList.toggle("has-panel", state.node !== null && !folded);
    panel.show(folded ? null : state.node, state.view);
    part("#tree").hidden = state.view !== "tree";
    part("#network-view").hidden = state.view !== "network";
    for (const button of document.querySelectorAll("[data-view]"))
      button.setAttribute("aria-pressed", String(button.getAttribute("data-view") === state.view));
    for (const button of document.querySelectorAll("[data-hops]"))
      button.setAttribute("aria-pressed", String(button.getAttribute("data-hops") === String(state.hops)));
    tree.resize();
    tree.show(state.node);
    if (state.view === "network" && state.node !== null) network.show(state.node, state.hops);
    else if (state.node !== null && (centre || before.node !== state.node || before.view !== state.view))
      tree.reveal(state.node, centre);
    const name = state.node === null ? null : graph.node(state.node).name;
    document.title = name === null ? title : `${name} · ${title}`;
    if (name !== null && (before.node !== state.node || before.view !== state.view)) say(`${name}, ${state.view} view`);
  };
  const title = document.title;

  /** Shows what the address says. @param {boolean} centre */
  const follow = (centre) => {
    const { state: next, unknown } = readState(location.hash, graph);
    if (next.view === "network" && next.node === null) next.node = graph.hub();
    if (writeState(next) !== writeState(state) || centre) render(next, centre);
    if (unknown !== null) say(`There is no “${unknown.slice(0, 80)}” here`);
  };
  window.addEventListener("popstate", () => follow(false));
  window.addEventListener("hashchange", () => follow(false));

  // -- search ----------------------------------------------------------------------------------------------------------

  const box = /** @type {HTMLInputElement} */ (part("#search"));
  const list = part("#results");
  /** @type {Hit[]} */
  let hits = [];
  let active = -1;
  const mark = (/** @type {number} */ index) => {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    const item = list.children[index];
    if (item) item.scrollIntoView({ block: "nearest" });
    if (item) box.setAttribute("aria-activedescendant", item.id);
    else box.removeAttribute("aria-activedescendant");
  };
  const fold = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const look = () => {
    const query = box.value.slice(0, 200);
    const { hits: best, total } = search.find(query, 50);
    hits = best;
    list.replaceChildren(
      ...hits.map((hit, index) =>
        el(
          "li",
          { role: "option", id: `result-${index}`, "aria-selected": "false" },
          el("span", { class: `dot kind-${hit.node.kind}`, "aria-hidden": "true" }),
          el("span", { class: "found" }, hit.node.name),
          el("span", { class: "why" }, why(hit)),
        ),
      ),
    );
    if (query.trim() && !hits.length) list.replaceChildren(el("li", { class: "nothing" }, "Nothing is called so."));
    const open = Boolean(query.trim());
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    mark(hits.length ? 0 : -1);
    if (open)
      say(
        total > hits.length
          ? `${total} results, the first ${hits.length} shown`
          : total === 1
            ? "1 result"
            : `${total} results`,
      );
  };
  const take = (/** @type {Hit} */ hit) => {
    fold();
    box.value = "";
    go({ node: hit.node.id });
    if (state.view === "tree" && tree.marks.has(hit.node.id)) tree.focus(hit.node.id);
    else panel.focus();
  };
  box.addEventListener("input", look);
  box.addEventListener("focus", () => box.value.trim() && look());
  box.addEventListener("blur", fold);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) mark((active + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length);
    } else if (event.key === "Enter" && hits[active]) {
      event.preventDefault();
      take(hits[active]);
    } else if (event.key === "Escape" && (box.value || !list.hidden)) {
      event.stopPropagation();
      box.value = "";
      fold();
    }
  });
  // The field keeps the focus while an item is pressed, else the list would fold before the click arrives.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = /** @type {Element} */ (event.target).closest("[role=option]");
    const hit = item && hits[[...list.children].indexOf(item)];
    if (hit) take(hit);
  });

  // -- buttons and keys ------------------------------------------------------------------------------------------------

  for (const button of document.querySelectorAll("[data-view]"))
    button.addEventListener("click", () =>
      go({ view: button.getAttribute("data-view") === "network" ? "network" : "tree" }),
    );
  for (const button of document.querySelectorAll("[data-hops]"))
    button.addEventListener("click", () => go({ hops: Number(button.getAttribute("data-hops")) }));
  for (const button of document.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => {
      const way = button.getAttribute("data-zoom");
      const shown = state.view === "tree" ? tree : network;
      if (way === "fit") shown.fit();
      else shown.zoom(way === "in" ? 1.3 : 1 / 1.3);
    });
  part("#network").addEventListener("keydown", (event) => {
    const next = state.node !== null && tree.boxes.has(state.node) ? tree.step(state.node, event.key) : null;
    if (next === null) return;
    event.preventDefault();
    if (next !== state.node) choose(next);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "Escape" && state.node !== null) close();
  });

  // -- theme -----------------------------------------------------------------------------------------------------------

  const themeButton = part("#theme");
  const paint = () => {
    themeButton.setAttribute("aria-pressed", String(theme() === "dark"));
    if (state.view === "network" && state.node !== null) network.show(state.node, state.hops);
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

  // -- go --------------------------------------------------------------------------------------------------------------

  tree.open();
  follow(true);
  paint();
  let frame = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => (state.view === "tree" ? tree.resize() : network.resize()));
  }).observe(part("#stage"));
}

/** @param {Hit} hit why a node was found, where its name does not say so */
function why({ node, field, text }) {
  const about = [...(node.organizations ?? []).slice(0, 2), node.date?.slice(0, 4)].filter(Boolean).join(", ");
  const kind = node.kind === "model" ? "" : word(KIND_WORDS, node.kind).toLowerCase();
  const reason = field === "name" || text === node.id ? "" : `${field}: ${text}`;
  return [kind, reason, field === "maker" ? (node.date?.slice(0, 4) ?? "") : about].filter(Boolean).join(" · ");
}

/** @param {string | null} theme */
const wear = (theme) => {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
};
try {
  wear(localStorage.getItem("lineage-theme"));
} catch {
  // No storage, no kept theme: the system decides.
}
// A site that shows the page in a frame asks for its own theme by the address.
wear(new URLSearchParams(location.hash.slice(1)).get("theme"));
document.documentElement.classList.add("js");
start();

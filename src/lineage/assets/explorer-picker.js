"use strict";
// The field in the details in which a second node is named.

let pickers = 0;

/**
 * The field in which the node is named that the chosen one is to be related to.
 * @param {Graph} graph @param {Search} search @param {NodeData} node
 * @param {(other: string) => void} take @param {(text: string) => void} say
 */
function picker(graph, search, node, take, say) {
  const own = `picker-${++pickers}`;
  const box = /** @type {HTMLInputElement} */ (
    el("input", {
      id: own,
      type: "search",
      role: "combobox",
      "aria-controls": `${own}-list`,
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      placeholder: "How is it related to …",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
    })
  );
  const list = el("ul", { id: `${own}-list`, role: "listbox", "aria-label": "To be related to", hidden: true });
  /** @type {string[]} */
  let hits = [];
  let active = 0;
  const mark = (/** @type {number} */ index) => {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    const item = list.children[index];
    if (hits.length && item) {
      box.setAttribute("aria-activedescendant", item.id);
    } else box.removeAttribute("aria-activedescendant");
  };
  const fold = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const look = () => {
    const query = box.value.slice(0, 200);
    hits = search
      .find(query, 9)
      .hits.map((hit) => hit.node.id)
      .filter((id) => id !== node.id)
      .slice(0, 8);
    const items = hits.map((id, index) =>
      el(
        "li",
        { role: "option", id: `${own}-${index}`, "aria-selected": "false" },
        el("span", { class: `dot kind-${graph.node(id).kind}`, "aria-hidden": "true" }),
        el("span", { class: "found" }, graph.node(id).name),
        el("span", { class: "when" }, graph.node(id).date),
      ),
    );
    const nothing = el("li", { class: "nothing", role: "option", "aria-disabled": "true" }, "Nothing is called so.");
    list.replaceChildren(...(items.length ? items : [nothing]));
    const open = Boolean(query.trim());
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    mark(0);
    if (open) {
      say(counted(hits.length, "result"));
      showList(box, list);
    }
  };
  const choose = (/** @type {number} */ index) => {
    const id = hits[index];
    if (id === undefined) return;
    fold();
    const host = box.closest("aside");
    take(id);
    host?.querySelector("h2")?.focus();
  };
  box.addEventListener("input", look);
  box.addEventListener("focus", () => box.value.trim() && look());
  box.addEventListener("blur", fold);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) mark((active + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length);
      list.children[active]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      choose(active);
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
    if (item) choose([...list.children].indexOf(item));
  });
  return el(
    "div",
    { class: "picker" },
    el("label", { for: own, class: "unseen" }, `How is ${node.name} related to …`),
    el("div", { class: "picker-field" }, box, list),
  );
}

/** Scrolls the details until field and list are in sight: on a phone the list would lie below the edge of the sheet. @param {HTMLElement} box @param {HTMLElement} list */
function showList(box, list) {
  const panel = box.closest("#panel");
  const side = box.closest(".side");
  const scroller = side && side.scrollHeight > side.clientHeight ? side : panel;
  if (!panel || !scroller) return;
  const frame = scroller.getBoundingClientRect();
  if (list.getBoundingClientRect().bottom <= frame.bottom) return;
  // Not by scrollIntoView, which would move the page under the bar, too.
  const head = panel.querySelector("header")?.getBoundingClientRect().height ?? 0;
  scroller.scrollTop += box.getBoundingClientRect().top - frame.top - head - 8;
}

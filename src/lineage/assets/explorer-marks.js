"use strict";
// What the tree is made of and how it is walked: names in boxes, what is said of a model, lines to other parents, the
// keys, and the brush on the years.

/**
 * The node that a key leads to; the same node where there is none that way; null for a key with no meaning.
 * @param {Tree} tree @param {string} id @param {string} key @returns {string|null}
 */
function stepFrom(tree, id, key) {
  const parent = tree.parent.get(id) ?? null;
  const here = (/** @type {string[]} */ ids) => ids.filter((one) => tree.boxes.has(one));
  const heightOf = (/** @type {string} */ one) => tree.boxes.get(one)?.y ?? 0;
  const family = () =>
    [...tree.boxes.keys()]
      .filter((one) => (tree.parent.get(one) ?? null) === parent)
      .sort((one, other) => heightOf(one) - heightOf(other));
  switch (key) {
    case "ArrowLeft":
      return parent ?? here(tree.graph.parents(id))[0] ?? id;
    case "ArrowRight": {
      const own = [...tree.boxes.keys()].filter((one) => tree.parent.get(one) === id).sort(tree.graph.byDate);
      return own[0] ?? here(tree.graph.children(id))[0] ?? id;
    }
    case "ArrowUp":
    case "ArrowDown": {
      const siblings = family();
      return siblings[siblings.indexOf(id) + (key === "ArrowUp" ? -1 : 1)] ?? id;
    }
    case "Home":
      return [...tree.marks.keys()][0] ?? id;
    case "End":
      return [...tree.marks.keys()].at(-1) ?? id;
    default:
      return null;
  }
}

/** @param {Graph} graph @param {Geometry} geometry @param {string} id @returns {string} what a screen reader says of a model */
function described(graph, geometry, id) {
  const node = graph.node(id);
  const parent = geometry.parents.get(id) ?? graph.parents(id)[0];
  const edge = parent && graph.into(id, "derived-from", "succeeds").find((one) => one.source === parent);
  const count = graph.descendants(id).size;
  return [
    node.name,
    (node.organizations ?? []).join(" and "),
    node.date,
    edge ? `${relationWords(edge)} ${graph.node(edge.source).name}` : "no parent",
    count === 1 ? "1 descendant" : `${count} descendants`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Lines from the chosen model to parents and children that it does not hang on. @param {Tree} tree @param {string} id */
function otherEdges(tree, id) {
  const drawn = [];
  const edges = [
    ...tree.graph.into(id, "derived-from", "succeeds"),
    ...tree.graph.outOf(id, "derived-from", "succeeds"),
  ];
  for (const edge of edges) {
    const from = tree.boxes.get(edge.source);
    const to = tree.boxes.get(edge.target);
    if (!from || !to || tree.parent.get(edge.target) === edge.source) continue;
    const y1 = from.y + from.height / 2;
    const y2 = to.y + to.height / 2;
    const x1 = Math.min(from.x + from.width, to.x);
    const bend = Math.max(20, (to.x - x1) / 2);
    const d = `M${round(x1)} ${round(y1)}C${round(x1 + bend)} ${round(y1)} ${round(to.x - bend)} ${round(y2)} ${round(to.x)} ${round(y2)}`;
    drawn.push(svg("path", { class: `line other basis-${basisOf(edge)} ${edge.target === id ? "up" : "down"}`, d }));
  }
  return drawn;
}

/**
 * Dragging along the years chooses them; the filters have the same for the keyboard.
 * @param {Tree} tree
 */
function brush(tree) {
  const yearAt = (/** @type {MouseEvent} */ event) => {
    const x = (event.clientX - tree.host.getBoundingClientRect().left - tree.pane.x) / tree.pane.scale;
    const { ticks } = tree.picture;
    return ticks.reduce((year, tick) => (tick.x <= x ? tick.year : year), ticks[0]?.year ?? 0);
  };
  /** @type {number|null} */
  let from = null;
  tree.axis.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    from = yearAt(event);
  });
  window.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const to = yearAt(event);
    tree.actions.years(Math.min(from, to), Math.max(from, to));
    from = null;
  });
  window.addEventListener("pointercancel", () => {
    from = null;
  });
}

/**
 * A text in the middle of a box, as wide as the box was made for it: the width comes from the font of the figure, and
 * characters that this does not hold are fitted.
 * @param {string} label @param {number} size @param {number} width @param {number} height @param {number} padding
 */
function fitted(label, size, width, height, padding) {
  const textLength = Math.max(1, round(width - 2 * padding));
  const place = { x: width / 2, y: height / 2, "font-size": size, "text-anchor": "middle" };
  return svg("text", { ...place, textLength, lengthAdjust: "spacingAndGlyphs" }, label);
}

/** @param {EdgeData} edge */
function basisOf(edge) {
  return edge.basis ?? (edge.kind === "succeeds" ? "succession" : "none");
}

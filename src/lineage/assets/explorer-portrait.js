"use strict";
// The network as a picture of its own, as explorer-picture.js makes one of the tree: the same boxes, bends, arrows and
// words beside lines that vis-network draws on its canvas, and the legend.

/** Of an arrow, in points. */
const ARROW = { length: 9, width: 6 };
/** In so many pieces the end of a line is looked for at the edge of a box. */
const FINE = 200;

/** @param {Point} point @param {Extent} box @param {boolean} oval @returns {boolean} */
function isWithin(point, { left, top, right, bottom }, oval) {
  if (!oval) return isInside(point, { left, top, right, bottom });
  const [x, y] = [(2 * point.x - left - right) / (right - left), (2 * point.y - top - bottom) / (bottom - top)];
  return x * x + y * y < 1;
}

/**
 * A line with its arrow and its word.
 * @param {VisEdge} edge @param {{box: Extent, oval: boolean}} from @param {{box: Extent, oval: boolean}} to
 * @param {{muted: string, page: string}} colours
 */
function lineOf(edge, from, to, { muted, page }) {
  const middle = (/** @type {{box: Extent}} */ { box }) => ({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 });
  const bends = bendPoints(middle(from), middle(to), edge.smooth);
  const curve = [middle(from), ...bends, middle(to)];
  let end = FINE;
  while (end && isWithin(pointAt(curve, end / FINE), to.box, to.oval)) end--;
  const tip = pointAt(curve, (end + 1) / FINE);
  let start = end;
  while (start && Math.hypot(pointAt(curve, start / FINE).x - tip.x, pointAt(curve, start / FINE).y - tip.y) < ARROW.length) start--;
  const base = pointAt(curve, start / FINE);
  const long = Math.hypot(tip.x - base.x, tip.y - base.y) || 1;
  const [ux, uy] = [(tip.x - base.x) / long, (tip.y - base.y) / long];
  const wing = (/** @type {number} */ side) =>
    `${round(tip.x - ux * ARROW.length - (uy * side * ARROW.width) / 2)} ${round(tip.y - uy * ARROW.length + (ux * side * ARROW.width) / 2)}`;
  const stroke = plainColour(edge.color.color);
  const at = curve.map(({ x, y }) => `${round(x)} ${round(y)}`);
  const parts = [
    svg("path", {
      d: `M${at[0]}${at.length === 4 ? "C" : "Q"}${at.slice(1).join(" ")}`,
      fill: "none",
      stroke,
      "stroke-width": 1,
      "stroke-dasharray": Array.isArray(edge.dashes) ? edge.dashes.join(" ") : null,
    }),
    svg("path", { d: `M${round(tip.x)} ${round(tip.y)}L${wing(1)}L${wing(-1)}Z`, fill: stroke }),
  ];
  if (!edge.label) return { parts, label: null };
  const [before, here, after] = [0.45, 0.5, 0.55].map((t) => pointAt(curve, t));
  const tilt = (Math.atan2(after.y - before.y, after.x - before.x) * 180) / Math.PI;
  const upright = tilt > 90 ? tilt - 180 : tilt < -90 ? tilt + 180 : tilt;
  const label = captionText(edge.label, 0, 4, plainColour(muted), 12);
  for (const [name, value] of Object.entries({
    "text-anchor": "middle",
    transform: `translate(${round(here.x)} ${round(here.y)}) rotate(${round(upright)})`,
    stroke: plainColour(page),
    "stroke-width": 4,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
  }))
    label.setAttribute(name, String(value));
  return { parts, label };
}

/**
 * The network as it is shown: boxes where vis-network put them, the claims that it draws as lines.
 * @param {Network} network the view @param {{title: string, note: string, legend: Element|null, theme: "light"|"dark"}} how
 * @returns {SVGElement}
 */
function pictureOfNetwork(network, { title, note, legend, theme: wanted }) {
  return inTheme(wanted, () => {
    const colours = palette();
    const { ink, muted, page, accent } = colours;
    const canvas = /** @type {VisNetwork} */ (network.canvas);
    const drawn = network.order.map((id) => {
      const node = canvas.body.data.nodes.get(id);
      return { id, node, box: canvas.getBoundingBox(id), oval: node.shape === "ellipse" };
    });
    const left = Math.min(0, ...drawn.map((one) => one.box.left));
    const top = Math.min(0, ...drawn.map((one) => one.box.top));
    const right = Math.max(0, ...drawn.map((one) => one.box.right));
    const bottom = Math.max(0, ...drawn.map((one) => one.box.bottom));
    const places = new Map(drawn.map((one) => [one.id, one]));
    const { margin, head } = PICTURE;
    const scene = svg("g", { transform: `translate(${round(margin - left)} ${round(head - top)})` });
    /** @type {SVGElement[]} */
    const labels = [];
    canvas.body.data.edges.get().forEach((edge, at) => {
      const [from, to] = [places.get(edge.from), places.get(edge.to)];
      if (!from || !to) return;
      // Not the colour that is on the canvas: a print is light on a dark page too.
      const tone = lineTone(network.claims[at]);
      const color = { color: tone ? colours.tone(tone).line : muted };
      const { parts, label } = lineOf({ ...edge, color }, from, to, { muted, page });
      scene.append(...parts);
      if (label) labels.push(label);
    });
    scene.append(...labels);
    for (const { id, node, box, oval } of drawn) {
      const look = colours.tone(network.tone(id));
      const chosen = id === network.scope.centre || id === network.scope.other;
      const shape = {
        fill: look.fill,
        stroke: chosen ? plainColour(accent) : look.line,
        "stroke-width": chosen ? 3 : 1.5,
      };
      const [x, y] = [round((box.left + box.right) / 2), round((box.top + box.bottom) / 2)];
      const [width, height] = [round(box.right - box.left), round(box.bottom - box.top)];
      const corner = node.group === "paper" ? 0 : 4;
      scene.append(
        oval
          ? svg("ellipse", { cx: x, cy: y, rx: width / 2, ry: height / 2, ...shape })
          : svg("rect", { x: box.left, y: box.top, width, height, rx: corner, ...shape }),
      );
      const lines = wrapped(String(node.label), Math.max(10, Math.floor(width / 7)));
      lines.forEach((line, index) => {
        const text = captionText(line, x, y + 4.5 + (index - (lines.length - 1) / 2) * 15, ink, 13);
        text.setAttribute("text-anchor", "middle");
        scene.append(text);
      });
    }
    const wide = Math.max(640, right - left);
    const low = head + bottom - top + 36;
    const key = legendOf(legend, wide, plainColour(ink), plainColour(muted));
    key.setAttribute("transform", `translate(${margin} ${round(low)})`);
    const height = Math.ceil(low + Number(key.getAttribute("data-height")) + margin);
    key.removeAttribute("data-height");
    return framed(Math.ceil(wide + 2 * margin), height, page, title, note, ink, muted, [scene, key]);
  });
}

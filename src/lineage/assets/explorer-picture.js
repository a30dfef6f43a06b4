"use strict";
// The view that is on as a picture of its own: an SVG in which every colour is written out, so that any program draws it,
// with the years, the names of the bands and the legend of the page. A PNG and the print are made from it.

const PICTURE = { margin: 24, head: 58, axis: 22, row: 19, column: 250, most: 12_000 };
/** Attributes that say where and how large. */
const SHAPE = [
  "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "d", "transform",
  "text-anchor", "textLength", "lengthAdjust",
];
/** What the style sheet says, with the value that need not be written. @type {[string, string][]} */
const PAINT = [
  ["fill", "#000000"],
  ["fill-opacity", "1"],
  ["stroke", "none"],
  ["stroke-width", "1px"],
  ["stroke-dasharray", "none"],
  ["stroke-linecap", "butt"],
  ["stroke-linejoin", "miter"],
  ["opacity", "1"],
  ["paint-order", "normal"],
];

/** @param {string} colour of a style sheet, mixed or not @returns {string} as every program reads it */
function plainColour(colour) {
  if (colour.startsWith("color-mix")) {
    const probe = el("span");
    probe.style.color = colour;
    document.body.append(probe);
    const computed = getComputedStyle(probe).color;
    probe.remove();
    return plainColour(computed);
  }
  const mixed = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ [\d.]+)?\)$/.exec(colour);
  const parts = mixed
    ? mixed.slice(1, 4).map((share) => Math.round(Number(share) * 255))
    : (/^rgba?\((\d+), (\d+), (\d+)/.exec(colour) ?? []).slice(1, 4).map(Number);
  if (!parts.length) return colour.toLowerCase();
  return `#${parts.map((part) => clamp(part, 0, 255).toString(16).padStart(2, "0")).join("")}`;
}

/** @param {string} text @returns {string} without what XML cannot hold */
function xmlText(text) {
  return text.replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu, "\ufffd");
}

/** A copy with its looks written out, or nothing where it cannot be seen. @param {Element} element @returns {SVGElement|null} */
function written(element) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return null;
  const tag = element.tagName;
  const copy = svg(tag);
  for (const name of SHAPE) if (element.hasAttribute(name)) copy.setAttribute(name, element.getAttribute(name) ?? "");
  const grouping = tag === "g" || tag === "svg";
  for (const [name, usual] of PAINT) {
    if (grouping && name !== "opacity") continue;
    let value = style.getPropertyValue(name);
    if (name === "fill" || name === "stroke") value = plainColour(value);
    if (name !== "fill" && style.stroke === "none" && name.startsWith("stroke")) continue;
    if (value && value !== usual) copy.setAttribute(name, value.replaceAll(/px\b/g, ""));
  }
  if (tag === "text") {
    writeFont(copy, style);
    copy.append(xmlText(element.textContent ?? ""));
    return copy;
  }
  for (const child of element.children) {
    const own = written(child);
    if (own) copy.append(own);
  }
  return grouping && !copy.childElementCount ? null : copy;
}

/** @param {SVGElement} text @param {CSSStyleDeclaration} style */
function writeFont(text, style) {
  text.setAttribute("font-family", style.fontFamily.replaceAll('"', "'"));
  text.setAttribute("font-size", style.fontSize.replace("px", ""));
  if (style.fontWeight !== "400") text.setAttribute("font-weight", style.fontWeight);
  // Not every program knows `dominant-baseline`.
  if (style.dominantBaseline === "central") text.setAttribute("dy", ".35em");
}

/** @param {"light"|"dark"} wanted @param {() => T} make @returns {T} what was made while the page had a theme @template T */
function inTheme(wanted, make) {
  const root = document.documentElement;
  const before = root.getAttribute("data-theme");
  root.setAttribute("data-theme", wanted);
  try {
    return make();
  } finally {
    if (before === null) root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", before);
  }
}

/** @returns {SVGElement|null} the font of the figure, so that names are as wide as their boxes wherever the picture goes */
function fontOfFigure() {
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules) if (rule instanceof CSSFontFaceRule) return svg("style", {}, rule.cssText);
  return null;
}

/**
 * A text at a place.
 * @param {string} text @param {number} x @param {number} y @param {string} fill @param {number} [size] @param {number} [weight]
 */
function captionText(text, x, y, fill, size = 12, weight = 400) {
  return svg(
    "text",
    {
      x,
      y,
      fill,
      "font-size": size,
      "font-weight": weight === 400 ? null : weight,
      "font-family": "system-ui, sans-serif",
    },
    xmlText(text),
  );
}

/**
 * The tree as it is shown, whole.
 * @param {Tree} tree the view @param {{title: string, note: string, legend: Element|null, theme: "light"|"dark"}} how
 * @returns {SVGElement}
 */
function pictureOfTree(tree, { title, note, legend, theme: wanted }) {
  return inTheme(wanted, () => {
    const { picture } = tree;
    tree.svg.classList.remove("small");
    const { ink, muted, page, group } = palette();
    const { margin, head, axis } = PICTURE;
    const wide = Math.max(picture.width, 640);
    const top = head + axis;
    const scene = svg("g", { transform: `translate(${margin} ${top})` });
    const inner = [...tree.scene.children].map(written).filter((one) => one !== null);
    scene.append(...inner);
    // Bands and rules run far out of the window on the page.
    for (const rect of scene.querySelectorAll("rect[x='-4000']")) {
      rect.setAttribute("x", String(-margin));
      rect.setAttribute("width", String(wide + 2 * margin));
    }
    for (const line of scene.querySelectorAll("line[y1='-4000']")) {
      line.setAttribute("y1", "0");
      line.setAttribute("y2", String(picture.height));
    }
    for (const { key, label, y } of picture.bands)
      scene.append(captionText(label, -margin + 8, y + 13, plainColour(group(key).line), 12, 650));
    let last = Infinity;
    const years = [...picture.ticks].reverse().flatMap(({ year, x }) => {
      if (last - x < 36) return [];
      last = x;
      return [captionText(String(year), margin + x + 4, top - 6, muted)];
    });
    const key = legendOf(legend, wide, ink, muted);
    key.setAttribute("transform", `translate(${margin} ${top + picture.height + 24})`);
    const height = Math.ceil(top + picture.height + 24 + Number(key.getAttribute("data-height")) + margin);
    key.removeAttribute("data-height");
    return framed(Math.ceil(wide + 2 * margin), height, page, title, note, ink, muted, [scene, ...years, key]);
  });
}

/** @param {string} text @param {number} most letters of a line @returns {string[]} */
function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length + 1 > most) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}

/**
 * @param {number} width @param {number} height @param {string} page @param {string} title @param {string} note
 * @param {string} ink @param {string} muted @param {Element[]} content
 */
function framed(width, height, page, title, note, ink, muted, content) {
  const { margin } = PICTURE;
  return svg(
    "svg",
    { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height, role: "img" },
    svg("title", {}, xmlText(title)),
    svg("desc", {}, xmlText(note)),
    svg("rect", { width, height, fill: plainColour(page) }),
    captionText(title, margin, 30, plainColour(ink), 18, 650),
    captionText(note, margin, 49, plainColour(muted), 12),
    ...content,
  );
}

/** The legend of the page in columns. @param {Element|null} legend @param {number} wide @param {string} ink @param {string} muted */
function legendOf(legend, wide, ink, muted) {
  const { row, column } = PICTURE;
  // Parts of the legend are of one view.
  const told = (/** @type {Element} */ one) => !one.closest("[data-of][hidden]");
  const groups = [...(legend?.querySelectorAll("ul") ?? [])].filter(told).map((list) => {
    const heading = list.previousElementSibling;
    return { title: heading?.tagName === "H2" ? (heading.textContent ?? "") : "", items: [...list.children].filter(told) };
  });
  const across = Math.max(1, Math.floor(wide / column));
  const out = svg("g");
  let top = 0;
  for (let first = 0; first < groups.length; first += across) {
    let deepest = 0;
    groups.slice(first, first + across).forEach(({ title, items }, index) => {
      const x = index * column;
      let y = top;
      out.append(captionText(title, x, y, muted, 12, 600));
      for (const item of items) {
        y += row;
        const picture = item.querySelector("svg");
        const look = picture && written(picture);
        if (look) out.append(svg("g", { transform: `translate(${x} ${y - 11})` }, ...look.childNodes));
        const word = item.querySelector("b")?.textContent ?? "";
        const text = (item.textContent ?? "").trim();
        const lines = wrapped(word ? text.replace(word, `${word}:`) : text, look ? 34 : 38);
        lines.forEach((line, at) => {
          if (at) y += 14;
          out.append(captionText(line, x + (look ? 34 : 0), y, ink, 12));
        });
      }
      deepest = Math.max(deepest, y - top);
    });
    top += deepest + 28;
  }
  out.setAttribute("data-height", String(Math.max(0, top - 28)));
  return out;
}

/** @param {Element} picture @returns {string} a whole SVG document, with the font of its names */
function svgText(picture) {
  // Not before: a picture that is put on the page has the font of the page, and the policy refuses another style.
  const font = fontOfFigure();
  if (font) picture.prepend(font);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`;
}

/** @param {Element} picture @returns {Promise<Blob>} the picture at twice its size, or as large as a canvas may be */
async function pngOf(picture) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(picture))}`;
  await image.decode();
  const [width, height] = [Number(picture.getAttribute("width")), Number(picture.getAttribute("height"))];
  const scale = Math.min(2, PICTURE.most / Math.max(width, height), Math.sqrt(1.2e8 / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png");
  });
}

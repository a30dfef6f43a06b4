"use strict";
// The menu by which what is shown is taken away: as a picture, as a table, as data, as citations; and the print.

/** @type {[string, string, string][]} ending, type, and what is in the file */
const FORMS = [
  ["svg", "image/svg+xml", "the picture, to be scaled and changed"],
  ["png", "image/png", "the picture as pixels"],
  ["csv", "text/csv;charset=utf-8", "one line for each node"],
  ["json", "application/json", "nodes and claims with their sources"],
  ["bib", "application/x-bibtex;charset=utf-8", "BibTeX of the sources"],
];

/** @param {string} name @param {Blob} content */
function save(name, content) {
  const href = URL.createObjectURL(content);
  const link = /** @type {HTMLAnchorElement} */ (el("a", { href, download: name }));
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/**
 * What the page shows, as the formats need it.
 * @typedef {{view: string, node: string|null, ids: string[], claims: EdgeData[]|null, title: string, note: string, query: Record<string, any>,
 *   picture: ((theme: "light"|"dark") => SVGElement)|null}} Showing
 */

/** @param {Graph} graph @param {Showing} showing @param {string} ending @returns {BlobPart | Promise<BlobPart>} */
function contentOf(graph, { ids, claims, query, picture }, ending) {
  if (ending === "csv") return csvOf(graph, ids);
  if (ending === "json") return jsonOf(graph, ids, query, claims ?? undefined);
  if (ending === "bib") return bibtexAmong(graph, ids, claims);
  if (!picture) throw new Error("a table has no picture");
  const drawn = picture(theme());
  return ending === "svg" ? svgText(drawn) : pngOf(drawn);
}

/**
 * The menu; a `details` element, so that it opens by keyboard and pointer alike.
 * @param {Graph} graph @param {() => Showing} showing @param {(text: string) => void} say
 */
function saveMenu(graph, showing, say) {
  const list = el("ul", { class: "forms" });
  const summary = el("summary", {}, "Save");
  const menu = el("details", { class: "save" }, summary, list);
  const fold = () => menu.removeAttribute("open");
  const offer = () => {
    const now = showing();
    const buttons = FORMS.filter(([ending]) => now.picture || !["svg", "png"].includes(ending)).map(
      ([ending, type, what]) => {
        const button = el("button", { type: "button" }, el("b", {}, ending.toUpperCase()), el("span", {}, what));
        button.addEventListener("click", async () => {
          fold();
          summary.focus();
          graph.complete();
          try {
            const name = fileName(now.view, now.node, ending);
            save(name, new Blob([await contentOf(graph, now, ending)], { type }));
            say(`Saved ${name}`);
          } catch (error) {
            say(`Not saved: ${error instanceof Error ? error.message : "the browser refused"}`);
          }
        });
        return el("li", {}, button);
      },
    );
    const print = el("button", { type: "button" }, el("b", {}, "Print"), el("span", {}, "with its legend, on as many sheets as it takes"));
    print.addEventListener("click", () => {
      fold();
      window.print();
    });
    list.replaceChildren(
      el("li", { class: "what" }, now.note),
      ...buttons,
      ...(now.picture ? [el("li", {}, print)] : []),
    );
  };
  menu.addEventListener("toggle", () => menu.hasAttribute("open") && offer());
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.hasAttribute("open")) return;
    event.stopPropagation();
    fold();
    summary.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) fold();
  });
  return menu;
}

/** A page of A4, as it is wide within its margins, in CSS pixels; and how far two pages overlap at least. */
const PAPER = { width: 1046, height: 712, foot: 18, overlap: 40 };
/** The least size of text on paper: 6.5 points, in CSS pixels. */
const LEAST_TEXT = (6.5 * 96) / 72;

/**
 * A picture on as many pages as it takes for all of its text to be legible, each with the years above it and its place below.
 * @param {SVGElement} picture @returns {Element[]}
 */
function pagesOf(picture) {
  const [wide, high] = ["width", "height"].map((side) => Number(picture.getAttribute(side)));
  const sizes = [...picture.querySelectorAll("text")].map((text) => Number(text.getAttribute("font-size")) || 12);
  const fit = Math.min(PAPER.width / wide, (PAPER.height - PAPER.foot) / high);
  const scale = Math.max(fit, LEAST_TEXT / Math.min(...sizes, 12));
  const { head, axis } = PICTURE;
  const strip = axis * scale;
  const across = cuts(wide * scale, PAPER.width);
  const down = cuts(high * scale, PAPER.height - PAPER.foot - (scale > fit ? strip : 0));
  const content = svg("g", { id: "picture-on-paper" }, ...picture.childNodes);
  const store = svg("svg", { class: "stored", width: 0, height: 0, "aria-hidden": "true" }, svg("defs", {}, content));
  const part = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ top, /** @type {number} */ height) =>
    svg(
      "svg",
      {
        y: round(top),
        width: PAPER.width,
        height: round(height),
        viewBox: [x / scale, y / scale, PAPER.width / scale, height / scale].map(round).join(" "),
        preserveAspectRatio: "xMinYMin slice",
      },
      svg("use", { href: "#picture-on-paper" }),
    );
  const { ink } = palette();
  const pages = down.flatMap((y, row) =>
    across.map((x, column) => {
      const again = y > 0 ? strip : 0;
      const place = `Page ${row * across.length + column + 1} of ${down.length * across.length}: row ${row + 1} of ${down.length}, column ${column + 1} of ${across.length}`;
      return svg(
        "svg",
        { class: "paper", viewBox: `0 0 ${PAPER.width} ${PAPER.height}`, width: PAPER.width, height: PAPER.height },
        part(x, y, again, PAPER.height - PAPER.foot - again),
        y > 0 ? part(x, head * scale, 0, strip) : null,
        down.length * across.length > 1 ? captionText(place, 0, PAPER.height - 4, plainColour(ink), 11) : null,
      );
    }),
  );
  return [store, ...pages];
}

/** Where pages of a size begin that cover a length, as far into each other as their number allows. @param {number} length @param {number} size @returns {number[]} */
function cuts(length, size) {
  const count = Math.max(1, Math.ceil((length - PAPER.overlap) / (size - PAPER.overlap) - 1e-6));
  return Array.from({ length: count }, (_, at) => (at ? (at * (length - size)) / (count - 1) : 0));
}

/** The print: the picture in light, whole, with its legend, in place of the page. @param {() => Showing} showing */
function printPicture(showing) {
  const sheet = el("div", { class: "sheet", hidden: true });
  document.body.append(sheet);
  window.addEventListener("beforeprint", () => {
    const { picture } = showing();
    document.documentElement.classList.toggle("prints-picture", Boolean(picture));
    if (!picture) return;
    sheet.replaceChildren(...pagesOf(picture("light")));
    sheet.hidden = false;
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("prints-picture");
    sheet.hidden = true;
    sheet.replaceChildren();
  });
}

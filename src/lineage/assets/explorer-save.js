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
    const print = el("button", { type: "button" }, el("b", {}, "Print"), el("span", {}, "the tree with its legend"));
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

/** The print: the picture in light, whole, with its legend, in place of the page. @param {() => Showing} showing */
function printPicture(showing) {
  const sheet = el("div", { class: "sheet", hidden: true });
  document.body.append(sheet);
  window.addEventListener("beforeprint", () => {
    const { picture } = showing();
    document.documentElement.classList.toggle("prints-picture", Boolean(picture));
    if (!picture) return;
    sheet.replaceChildren(picture("light"));
    sheet.hidden = false;
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("prints-picture");
    sheet.hidden = true;
    sheet.replaceChildren();
  });
}

"use strict";
// The few functions by which the page makes elements. Text reaches the document as text nodes and attribute values
// only; an address becomes a link only when it is http or https.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and children; a string becomes a text node.
 * @param {string} tag @param {Record<string, string|number|boolean|null|undefined>} [attributes]
 * @param {...(Node|string|null|undefined|false)} children @returns {HTMLElement}
 */
function el(tag, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (fill(document.createElement(tag), attributes, children));
}

/** The same for SVG. @type {(tag: string, attributes?: Record<string, any>, ...children: any[]) => SVGElement} */
function svg(tag, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, tag), attributes, children));
}

/** @param {Element} element @param {Record<string, any>} attributes @param {any[]} children */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {string} text @param {number} most @returns {string} without its end, where it is longer */
function clipped(text, most) {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** @param {unknown} address @returns {string|null} the address if a browser may be sent there */
function safeAddress(address) {
  try {
    const url = new URL(String(address));
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** @param {unknown} address @param {string} text @returns {HTMLElement} a link, or plain text for any other address */
function outward(address, text) {
  const href = safeAddress(address);
  return href ? el("a", { href, rel: "noopener noreferrer", target: "_blank" }, text) : el("span", {}, text);
}

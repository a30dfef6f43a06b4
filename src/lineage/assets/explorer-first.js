"use strict";
// Runs before anything is painted: what only readers without scripts need is put away, and the theme is on.

document.documentElement.classList.add("js");
{
  /** @param {string | null} theme */
  const wear = (theme) => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  };
  try {
    wear(localStorage.getItem("lineage-theme"));
  } catch {
    // No storage, no kept theme: the system decides.
  }
  // What stands below the bar, and for who follows a link the bar too, would jump when the state is read: it is not
  // seen before.
  document.documentElement.classList.add("awaited");
  document.documentElement.classList.toggle("linked", location.hash.length > 1);
  window.addEventListener("error", () => document.documentElement.classList.remove("awaited"));
  // A site that shows the page in a frame asks for its own theme by the address.
  wear(new URLSearchParams(location.hash.slice(1)).get("theme"));
}

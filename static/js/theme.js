/* Loaded in <head>, before the style sheets, so that the first paint has the right theme. */
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function saved(key) {
    try { return localStorage.getItem(key); } catch { return null; }  // a private window may refuse
  }
  function save(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch { /* the choice then lasts until the next page */ }
  }
  function system() { return dark.matches ? "dark" : "light"; }
  function paint() { root.setAttribute("data-bs-theme", saved("theme") || system()); }

  paint();
  dark.addEventListener("change", paint);
  if (saved("nav") === "icons") root.setAttribute("data-nav", "icons");

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-theme-toggle]")) {
      const next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
      root.setAttribute("data-bs-theme", next);
      save("theme", next === system() ? null : next);  // the system's own choice: follow it again
    }
    if (event.target.closest("[data-nav-toggle]")) {
      const icons = root.getAttribute("data-nav") !== "icons";
      if (icons) root.setAttribute("data-nav", "icons");
      else root.removeAttribute("data-nav");
      save("nav", icons ? "icons" : null);
    }
  });
})();

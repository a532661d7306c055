/* The palette: Ctrl or Cmd and K open a dialog whose box lists pages, things to create and what was found.
   Up, Down, Home and End choose among the options, Enter goes there, Escape closes; the focus then returns.
   Options of an older text are not chosen from: Enter then waits for those of what was typed. */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const options = () => Array.from(byId("palette-options").querySelectorAll("[role=option]"));
  const chosen = () => byId(byId("palette-input").getAttribute("aria-activedescendant"));
  let asked = "", shown = "", entered = false;

  function mark(option) {
    options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (!option) { byId("palette-input").removeAttribute("aria-activedescendant"); return; }
    byId("palette-input").setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  function open() {
    entered = false;
    byId("palette-input").value = "";
    markFirst();
    byId("palette").showModal();
    byId("palette-input").focus();
    htmx.trigger(byId("palette-input"), "open");
  }
  function move(key) {
    const all = options(), at = all.indexOf(chosen());
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[key];
    if (all.length) mark(all[(to + all.length) % all.length]);
  }
  function markFirst() {
    mark(byId("palette-input").value === shown ? options()[0] : null);
  }
  function go(option) {
    entered = false;
    byId("palette").close();
    location.assign(option.dataset.href);
  }

  document.addEventListener("keydown", function (event) {
    const palette = byId("palette");
    if (!palette) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette.open) palette.close();
      else if (!document.querySelector("dialog[open]")) open();
    }
    if (event.target.id !== "palette-input" || event.isComposing) return;
    if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) { event.preventDefault(); move(event.key); }
    if (event.key === "Enter") {
      event.preventDefault();
      if (chosen()) go(chosen());
      else entered = true;
    }
  });
  document.addEventListener("input", function (event) {
    if (event.target.id !== "palette-input") return;
    entered = false;
    markFirst();
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.target.id === "palette-input") asked = event.target.value;
  });
  document.addEventListener("click", function (event) {
    const option = event.target.closest("#palette-options [role=option]");
    if (option) go(option);
    if (event.target.id === "palette") event.target.close();
  });
  document.addEventListener("mousedown", (event) => { if (event.target.closest("#palette-options")) event.preventDefault(); });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id !== "palette-options") return;
    shown = asked;
    markFirst();
    byId("announce").textContent = options().length + " options";
    if (entered && chosen()) go(chosen());
  });
})();

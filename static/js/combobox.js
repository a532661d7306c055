/* A text box with suggestions: input[role=combobox], whose aria-controls names a listbox that htmx fills.
   Down and Up move and open, Enter and a click choose, Escape and leaving close. A choice puts its
   data-value into the box; without JavaScript the box takes the same, typed. */
(function () {
  "use strict";
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const optionsOf = (input) => Array.from(listOf(input).querySelectorAll("[role=option]:not([aria-disabled])"));
  const inputOf = (event) => event.target.closest && event.target.closest("input[role=combobox]:not([data-palette])");

  function mark(input, chosen) {
    optionsOf(input).forEach((option) => option.setAttribute("aria-selected", String(option === chosen)));
    if (!chosen) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }
  function show(input, open) {
    listOf(input).hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    mark(input, null);
  }
  function choose(input, option) {
    input.value = option.dataset.value;
    show(input, false);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function move(input, step) {
    const options = optionsOf(input), at = options.findIndex((option) => option.id === input.getAttribute("aria-activedescendant"));
    if (listOf(input).hidden) htmx.trigger(input, "suggest");
    else if (options.length) mark(input, options[at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length]);
  }

  document.addEventListener("keydown", function (event) {
    const input = inputOf(event);
    if (!input) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const active = document.getElementById(input.getAttribute("aria-activedescendant"));
    if (step) { event.preventDefault(); move(input, step); }
    if (event.key === "Enter" && active) { event.preventDefault(); choose(input, active); }
    if (event.key === "Escape" && !listOf(input).hidden) { event.preventDefault(); event.stopPropagation(); show(input, false); }
  }, true);
  // The box keeps the focus while an option is pressed, so that leaving it can close the list.
  document.addEventListener("mousedown", (event) => { if (event.target.closest("[role=listbox].suggestions")) event.preventDefault(); });
  document.addEventListener("click", function (event) {
    const option = event.target.closest(".suggestions [role=option]:not([aria-disabled])");
    if (option) choose(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option);
  });
  document.addEventListener("focusout", (event) => { const input = inputOf(event); if (input) show(input, false); });
  document.addEventListener("htmx:afterSwap", function (event) {
    const input = event.target.matches(".suggestions") && document.querySelector(`[aria-controls="${event.target.id}"]`);
    if (input && input === document.activeElement) show(input, true);
  });
})();

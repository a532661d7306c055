/* Choosing rows of a list: the box in the head ticks the page, Shift ticks a range, and the bar above says how many
   are ticked. Without JavaScript the boxes and the bar are a plain form. */
(function () {
  "use strict";
  const form = () => document.querySelector("form[data-selection]");
  const boxes = () => Array.from(document.querySelectorAll("input[data-pick]"));
  let last = null;

  function say(bar, text) {
    const words = bar.querySelector("[data-selection-words]"), before = words.dataset.said || "";
    if (before === text) return;
    words.dataset.said = text;
    if (text) words.textContent = text;
    document.getElementById("announce").textContent = text || "Nothing selected";
  }
  function show() {
    const bar = form(), head = document.querySelector("input[data-pick-page]");
    if (!bar) return;
    const all = boxes(), ticked = all.filter((box) => box.checked);
    if (ticked.length < all.length) bar.elements.all.value = "";
    const everything = bar.elements.all.value === "1";
    all.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
    head.checked = all.length > 0 && ticked.length === all.length;
    head.indeterminate = ticked.length > 0 && !head.checked;
    bar.classList.toggle("is-on", ticked.length > 0);
    const more = bar.querySelector("[data-selection-all]");
    if (more) more.hidden = everything;
    say(bar, ticked.length ? (everything ? bar.dataset.all + " selected" : ticked.length + " selected") : "");
  }
  function range(box) {
    const all = boxes(), from = all.indexOf(last), to = all.indexOf(box);
    if (from < 0) return;
    all.slice(Math.min(from, to), Math.max(from, to)).forEach((one) => { one.checked = box.checked; });
  }
  function tick(all) {
    boxes().forEach((box) => { box.checked = all; });
    show();
  }

  document.addEventListener("click", function (event) {
    const box = event.target.closest("input[data-pick]");
    if (box) {
      if (event.shiftKey && last) range(box);
      last = box;
      show();
    }
    if (event.target.closest("[data-pick-page]")) tick(event.target.checked);
    if (event.target.closest("[data-selection-all]")) {
      const bar = form();
      bar.elements.all.value = "1";
      tick(true);
      bar.querySelector("[data-selection-clear]").focus();  // the button that had the focus is gone
    }
    if (event.target.closest("[data-selection-clear]")) {
      tick(false);
      document.querySelector("input[data-pick-page]").focus();
    }
  });
  window.addEventListener("pageshow", show);
  document.addEventListener("htmx:load", show);
})();

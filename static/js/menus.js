/* Menus are <details class="dropdown">: they open without JavaScript. With it they also close when
   something else is clicked, close by Escape, and the arrow keys move in them. */
(function () {
  "use strict";
  const open = (root) => Array.from(document.querySelectorAll((root || "") + " details.dropdown[open]"));

  /* Inside a scrolling table a menu would be cut off, so it is placed by the window */
  function place(menu) {
    const panel = menu.querySelector(".dropdown-menu");
    if (!menu.open || !panel || !menu.closest(".table-wrap")) return;
    const box = menu.getBoundingClientRect(), height = panel.offsetHeight;
    const bar = document.querySelector(".app-bar"), bottom = innerHeight - (bar ? bar.offsetHeight : 0);
    panel.classList.add("is-fixed");
    panel.style.left = Math.max(8, Math.min(box.right - panel.offsetWidth, innerWidth - panel.offsetWidth - 8)) + "px";
    panel.style.top = (box.bottom + height + 8 > bottom ? Math.max(8, box.top - height) : box.bottom) + "px";
  }
  function closeOthers(except) {
    open().forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  }
  function move(event) {
    const menu = event.target.closest("details.dropdown[open]");
    if (!menu || (event.target.matches("input, select, textarea") && event.key !== "Escape")) return;
    const items = Array.from(menu.querySelectorAll("a.dropdown-item, button.dropdown-item"));
    const at = items.indexOf(event.target);
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !items.length) return;
    event.preventDefault();
    items[at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length].focus();
  }

  /* An entry that opens a dialog leaves its menu behind: closed, with the focus for when the dialog closes */
  function leave(entry) {
    const menu = entry && entry.closest("details.dropdown");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  document.addEventListener("click", function (event) {
    closeOthers(event.target);
    leave(event.target.closest("[hx-target='#dialog-body']"));
  });
  document.addEventListener("keydown", move);
  document.addEventListener("toggle", (event) => { if (event.target.matches("details.dropdown")) place(event.target); }, true);
  document.addEventListener("scroll", (event) => {
    if (!event.target.closest || !event.target.closest(".dropdown-menu")) open(".table-wrap").forEach((menu) => { menu.open = false; });
  }, true);
})();

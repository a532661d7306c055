/* What pages do beyond links and forms. Each behaviour is asked for by an attribute in the page:
   data-copy="text"        copy it, and say so
   data-dialog-open="id"   open a <dialog>; data-dialog-close inside it closes it
   hx-target="#dialog-body" a fragment loaded there opens in the page's dialog
   data-expands="id"       show or hide that row; the row gets an "expand" event to load itself
   form[method=post]       is sent once; data-repeatable where sending again is meant
   HX-Trigger: toast       {"text": …, "level": "success|error", "url": …, "label": "Undo"} */
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const typing = (element) => element.isContentEditable || element.matches("input, textarea, select");

  /* Toasts: built from a <template> so that their mark-up stays in the page */
  function toast(detail) {
    const element = byId("toast-template").content.firstElementChild.cloneNode(true);
    if (detail.level === "error") element.setAttribute("role", "alert");
    element.querySelector("[data-toast-text]").textContent = detail.text || detail.value;
    const button = element.querySelector("[data-toast-action]");
    if (detail.url) {
      button.textContent = detail.label;
      button.setAttribute("hx-post", detail.url);
    } else {
      button.remove();
    }
    byId("toasts").append(element);
    htmx.process(element);
    show(element);
  }
  function show(element) {
    let timer;
    const stay = () => clearTimeout(timer);
    const go = () => { stay(); timer = setTimeout(() => element.remove(), 8000); };
    ["pointerenter", "focusin"].forEach((name) => element.addEventListener(name, stay));
    ["pointerleave", "focusout"].forEach((name) => element.addEventListener(name, go));
    go();
  }

  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // no clipboard outside https and localhost
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.classList.add("is-copied");
    setTimeout(() => button.classList.remove("is-copied"), 2000);
    byId("announce").textContent = "";
    setTimeout(() => { byId("announce").textContent = "Copied"; }, 50);
  }

  function expand(control, open) {
    const row = byId(control.dataset.expands);
    if (!row) return false;
    row.hidden = !open;
    control.setAttribute("aria-expanded", String(open));
    if (open) row.dispatchEvent(new CustomEvent("expand"));
    return true;
  }
  function expandAll(button) {
    const controls = all("[data-expands]", button.closest(".panel") || document);
    const open = controls.some((control) => control.getAttribute("aria-expanded") !== "true");
    controls.forEach((control) => expand(control, open));
  }

  document.addEventListener("click", function (event) {
    const at = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = at("[data-copy]"))) copy(hit);
    if ((hit = at("[data-dialog-open]"))) { event.preventDefault(); byId(hit.dataset.dialogOpen).showModal(); }
    if ((hit = at("[data-dialog-close]")) && hit.closest("dialog")) { event.preventDefault(); hit.closest("dialog").close(); }
    if ((hit = at("[data-toast-close]"))) hit.closest(".toast").remove();
    if ((hit = at("[data-expands]")) && expand(hit, hit.getAttribute("aria-expanded") !== "true")) event.preventDefault();
    if ((hit = at("[data-expand-all]"))) expandAll(hit);
  });
  document.addEventListener("keydown", function (event) {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const search = byId("global-search") || document.querySelector("input[type=search]");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    if (event.key === "?" && byId("shortcuts")) byId("shortcuts").showModal();
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || form.matches("[data-repeatable], [hx-post]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    all("button[type=submit], button:not([type])", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {  // Back to a form: it may be sent again
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  document.addEventListener("toast", (event) => toast(event.detail));
  document.addEventListener("htmx:configRequest", function (event) {  // addresses say only what is chosen
    const fields = event.detail.formData;
    if (event.detail.verb === "get") new Set(fields.keys()).forEach((name) => { if (!fields.getAll(name).some(Boolean)) fields.delete(name); });
  });
  /* A form that the server draws anew keeps what was typed while its answer was on the way */
  let typed = [];
  document.addEventListener("htmx:beforeSwap", function (event) {
    const form = event.detail.target, sent = event.detail.requestConfig.formData;
    if (!form.matches("form[method=post]") || String(sent.get("rows")).startsWith("remove")) return;
    typed = all("input[id]:not([type=hidden], [type=radio], [type=checkbox]), textarea[id]", form)
      .filter((field) => !field.disabled && !sent.getAll(field.name).includes(field.value))
      .map((field) => [field.id, field.value]);
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    typed.splice(0).forEach(function ([id, value]) {
      const field = byId(id);
      if (!field || field.disabled) return;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    if (event.target.id === "dialog-body" && !byId("dialog").open) byId("dialog").showModal();
  });
  document.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.getResponseHeader("HX-Trigger")) return;  // it says itself what is wrong
    toast({ text: "The server could not do this. Reload the page to see how things stand.", level: "error" });
  });
  document.addEventListener("htmx:sendError", () => toast({ text: "The console cannot be reached. Check the connection, then try again.", level: "error" }));
  document.addEventListener("htmx:load", function (event) {
    all(".toast", event.target).forEach(show);
    const summary = event.target.querySelector(".error-summary");
    if (summary) summary.focus();
  });
})();

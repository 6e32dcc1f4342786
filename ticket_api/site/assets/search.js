// The search box by keyboard, on every width: "/" or the magnifier opens it, Tab walks through what was found.
"use strict";
(() => {
  const toggle = document.querySelector("[data-md-toggle='search']");
  const box = document.querySelector("[data-md-component='search']");
  const field = box?.querySelector("[data-md-component='search-query']");
  if (!toggle || !field) return;
  const opener = document.querySelector("[data-hl-search]");
  const results = box.querySelector(".hl-search__results");
  const MATERIALS = ["Escape", "ArrowUp", "ArrowDown"]; // keys that Material may handle anywhere in the open search

  function open() {
    if (!toggle.checked) toggle.click();
    field.focus();
  }

  function close() {
    if (toggle.checked) toggle.click();
    field.blur();
  }

  function closeAndReturn() {
    close();
    if (opener?.getClientRects().length) opener.focus();
  }

  function isText(element) {
    return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
  }

  // Material closes the search on Tab, and takes every other key back into the field.
  function keepFromMaterial(event) {
    const typed = event.key.length === 1 && event.key !== " ";
    const wanted = event.target === field ? event.key !== "Tab" : typed || MATERIALS.includes(event.key);
    if (!wanted) event.stopPropagation();
  }

  function onKey(event) {
    if (toggle.checked) {
      keepFromMaterial(event);
      if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation();
        closeAndReturn();
      }
    } else if (event.key === "/" && !isText(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      open();
    }
  }

  // Material searches when a key is let go: pasting, dictating and choosing a Chinese word release none.
  field.addEventListener("input", () => field.dispatchEvent(new Event("keyup")));
  document.addEventListener("keydown", onKey, true);
  opener?.addEventListener("click", open);
  box.querySelector("[data-hl-search-close]").addEventListener("click", closeAndReturn);
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !box.contains(relatedTarget) && toggle.checked) close();
  });
  // Material takes its results out of the order of Tab.
  new MutationObserver(() => {
    for (const link of results.querySelectorAll("[tabindex='-1']")) link.removeAttribute("tabindex");
  }).observe(results, { childList: true, subtree: true });
})();

// Loaded before the first paint: the chosen colours, room for what needs scripts, and the few functions that Material's
// code expects on the page.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.replace("no-js", "js"); // Material's code does it as well, when the page is seen already
  const scope = new URL(document.currentScript.dataset.base || ".", location).pathname;
  try {
    const scheme = localStorage.getItem("helpleaf.scheme");
    if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
  } catch {
    // A browser that keeps nothing follows the system.
  }
  window.__md_scope = new URL(scope, location);
  window.__md_hash = (text) => Array.from(text).reduce((sum, sign) => (Math.imul(sum, 31) + sign.codePointAt(0)) | 0, 0);
  window.__md_get = (key, storage = localStorage, where = window.__md_scope) => {
    try {
      return JSON.parse(storage.getItem(`${where.pathname}.${key}`));
    } catch {
      return null; // a browser that keeps nothing, or something that others left there
    }
  };
  window.__md_set = (key, value, storage = localStorage, where = window.__md_scope) => {
    try {
      storage.setItem(`${where.pathname}.${key}`, JSON.stringify(value));
    } catch {
      // Nothing on the page depends on it.
    }
  };
})();

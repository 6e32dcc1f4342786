// Loaded before the first paint: the chosen colours, and the few functions that Material's code expects on the page.
"use strict";
(() => {
  const root = document.documentElement;
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
    return JSON.parse(storage.getItem(`${where.pathname}.${key}`));
  };
  window.__md_set = (key, value, storage = localStorage, where = window.__md_scope) => {
    try {
      storage.setItem(`${where.pathname}.${key}`, JSON.stringify(value));
    } catch {
      // Nothing on the page depends on it.
    }
  };
})();

// The search box by keyboard, on every width: "/" or the magnifier opens it, Tab walks through what was found. Where
// nothing helps, the form gets the words; and what was searched for is counted, without a word about who.
"use strict";
(() => {
  const toggle = document.querySelector("[data-md-toggle='search']");
  const box = document.querySelector("[data-md-component='search']");
  const field = box?.querySelector("[data-md-component='search-query']");
  if (!toggle || !field) return;
  const { api, at, fill, keep, words } = window.helpleaf;
  const opener = document.querySelector("[data-hl-search]");
  const ask = box.querySelector("[data-hl-search-ask]");
  const [status, results] = box.querySelector("[data-md-component='search-result']").children; // Material's order
  const MATERIALS = ["Escape", "ArrowUp", "ArrowDown"]; // keys that Material may handle anywhere in the open search
  const LONGEST = 500; // characters of a question
  const LONGEST_LABEL = 40;
  const typed = () => Array.from(field.value.trim()).slice(0, LONGEST).join("");
  const links = () => results.querySelectorAll("a[href]");

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
    const isTyped = event.key.length === 1 && event.key !== " ";
    const wanted = event.target === field ? event.key !== "Tab" : isTyped || MATERIALS.includes(event.key);
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

  // --- asking: Material searches when a key is let go. Pasting, dictating and choosing a Chinese word release none, and
  // the keys that spell out such a word ask for nothing yet.
  let composing = false;

  function search() {
    if (!composing) field.dispatchEvent(new Event("keyup"));
  }

  function compose({ type }) {
    composing = type === "compositionstart";
    search();
  }

  // --- where nothing helps
  /** Hand the words to the contact page's form, by way of this tab: no server sees them. */
  function handOver(event) {
    const question = typed();
    if (new URL(ask.href).pathname !== location.pathname) return keep("helpleaf.words", question || null);
    event.preventDefault();
    close();
    document.dispatchEvent(new CustomEvent("helpleaf:ask", { detail: question }));
  }

  function offerForm() {
    const found = links().length > 0 || !field.value.trim();
    const [label] = ask.children;
    ask.dataset.label ??= label.textContent;
    const signs = Array.from(typed());
    const shown = signs.length > LONGEST_LABEL ? `${signs.slice(0, LONGEST_LABEL).join("")}…` : signs.join("");
    label.textContent = found ? ask.dataset.label : fill(words.search_ask, { words: shown });
    ask.classList.toggle("hl-search__ask--only", !found);
  }

  // --- counting: a question that stood still, once, with what was opened if anything was
  const SETTLED = 1500; // milliseconds without a key
  const DECIDED = 15000; // milliseconds after which nothing more is waited for
  const refused = words.searches === false || navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";
  let answered = null; // {q, results, since}: what is on the screen and isn't counted yet
  let counted = "";
  let timer;

  function note() {
    const q = typed();
    clearTimeout(timer);
    answered = q && q !== counted && !refused ? { q, results: links().length, since: performance.now() } : null;
    if (answered) timer = setTimeout(count, answered.results ? DECIDED : SETTLED);
  }

  function count(opened = "") {
    clearTimeout(timer);
    if (!answered) return;
    const { q, results: found } = answered;
    [answered, counted] = [null, q];
    const body = JSON.stringify({ q, lang: words.lang, results: found, ...(opened && { opened }) });
    // To another origin only plain text goes without asking first, which a page that is left can't.
    navigator.sendBeacon(api("/api/searches"), new Blob([body], { type: words.api ? "text/plain" : "application/json" }));
  }

  const countSettled = () => answered && performance.now() - answered.since >= SETTLED && count();

  /** The id of the article that a result leads to. */
  function articleOf(link) {
    const path = new URL(link.href).pathname.slice(new URL(at("")).pathname.length);
    const [first, ...rest] = decodeURI(path).replace(/(^|\/)(index)?(\.html)?$|\.html$|\/$/, "").split("/");
    return (first in words.in_language && rest.length ? rest : [first, ...rest]).join("/");
  }

  field.addEventListener("input", () => {
    countSettled();
    [answered, timer] = [null, clearTimeout(timer)];
    search();
  });
  field.addEventListener("compositionstart", compose);
  field.addEventListener("compositionend", compose);
  box.addEventListener("keyup", (event) => composing && event.stopPropagation(), true);
  document.addEventListener("keydown", onKey, true);
  opener?.addEventListener("click", open);
  box.querySelector("[data-hl-search-close]")?.addEventListener("click", closeAndReturn);
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !box.contains(relatedTarget) && toggle.checked) close();
  });
  ask?.addEventListener("click", handOver);
  results.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href]");
    if (link) count(articleOf(link));
  });
  toggle.addEventListener("change", () => !toggle.checked && countSettled());
  addEventListener("pagehide", () => count());
  document.addEventListener("visibilitychange", () => document.hidden && count());
  // Material writes its line anew with every answer.
  new MutationObserver(() => {
    if (ask) offerForm();
    note();
  }).observe(status, { childList: true });
  // Material takes its results out of the order of Tab and makes a first heading of each, and an answer that comes late
  // takes away the one that is read.
  let place = -1;
  box.addEventListener("focusin", ({ target }) => (place = Array.from(links()).indexOf(target)));
  new MutationObserver(() => {
    for (const link of results.querySelectorAll("[tabindex='-1']")) link.removeAttribute("tabindex");
    for (const title of results.querySelectorAll("h1:not([role])")) title.setAttribute("role", "none");
    const found = links();
    if (place >= 0 && document.activeElement === document.body) found[Math.min(place, found.length - 1)]?.focus();
  }).observe(results, { childList: true, subtree: true });
})();

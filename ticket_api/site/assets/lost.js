// On the page for addresses that don't exist: look for the words of the address, with the engine of the search box.
"use strict";
(() => {
  const MOST = 5;
  const LONGEST = 100; // characters of the address that are looked for
  const SHOWN_PARTS = 2; // the slug, and the category before it
  const NOISE = /^(?:articles?|categories|docs?|en|en-us|faq|hc|help|index|kb|requests|sections|support|wiki|zh|zh-cn|\d{5,})$/i;
  const ENDING = /\.(?:html?|md|php|aspx?|jsp)$/i;
  const box = document.querySelector("[data-hl-lost]");
  const { base, search } = JSON.parse(document.getElementById("__config").textContent);
  const root = new URL(base.endsWith("/") ? base : `${base}/`, location);

  function decoded(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  function parts() {
    const path = location.pathname.startsWith(root.pathname) ? location.pathname.slice(root.pathname.length) : location.pathname;
    return path.split("/").filter(Boolean).map(decoded);
  }

  /** What was meant, as far as the address tells: its last parts, with whatever ties words together as spaces. */
  function wordsOf(found) {
    const words = found.map((part) => part.replace(ENDING, "")).filter((part) => !NOISE.test(part)).slice(-SHOWN_PARTS);
    const text = words.flatMap((part) => part.split(/[^\p{L}\p{N}]+/u)).filter((word) => word && !NOISE.test(word)).join(" ");
    return [...text].slice(0, LONGEST).join("").trim();
  }

  /** The texts of a result: the engine gives them as markup, and only what is written in it is taken. */
  function textIn(markup, name) {
    const found = new DOMParser().parseFromString(markup, "text/html").querySelector(`.${name}`);
    return found && { text: found.textContent, lang: found.lang };
  }

  function line([{ location: address, title }]) {
    const { make } = window.helpleaf;
    const name = textIn(title, "hl-found__title");
    const where = textIn(title, "hl-found__where");
    const link = make("a", { class: "hl-line", href: new URL(address, root).href });
    link.append(make("span", { lang: name?.lang || undefined }, name?.text ?? ""));
    if (where?.text) link.append(make("span", { class: "hl-line__where" }, where.text));
    return make("li", {}, link);
  }

  function show(items) {
    const found = items.slice(0, MOST);
    if (found.length === 0) return;
    box.querySelector("[data-hl-lost-list]").replaceChildren(...found.map(line));
    box.querySelector("[data-hl-lost-found]").hidden = false;
  }

  const [first, ...others] = parts();
  const isLanguage = box.dataset.hlLost.split(" ").includes(first);
  const words = wordsOf(isLanguage ? others : [first ?? "", ...others]);
  if (!words) return;
  const field = document.querySelector("[data-md-component='search-query']");
  if (field) field.value = words;
  const engine = new URL(search, location);
  if (isLanguage) engine.searchParams.set("lang", first);
  const worker = new Worker(engine);
  worker.addEventListener("message", ({ data: { type, data } }) => {
    if (type === 1) worker.postMessage({ type: 2, data: words });
    if (type !== 3) return;
    worker.terminate();
    show(data.items);
  });
  worker.postMessage({ type: 0, data: {} });
})();

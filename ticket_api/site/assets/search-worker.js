// The engine behind the search box. It speaks Material's messages (0 set up, 1 ready, 2 question, 3 result), asks the
// API, and searches by itself (search-index.js) when the API is away or slow.
"use strict";
const PAUSE = 150; // milliseconds from one question to the next; the first is asked at once, the last one always
const PATIENCE = 300; // milliseconds that the API has before we search ourselves
const REST = 30000; // milliseconds in which an API that failed isn't asked again
const BREATHER = 5000; // the same for one that was slower than we are
const LIMIT = 10;
const FEW = 3; // articles in the page's language below which the others' are looked at
const LONGEST = 500; // characters of a question
const NOWHERE = "http://site.invalid"; // stands for the site's root
const FORMAT = 1; // of the files of the search by itself
const here = new URL(self.location.href);
const api = here.searchParams.get("api") || "";
const pageLanguage = here.searchParams.get("lang") || "en";
const names = new Map(JSON.parse(here.searchParams.get("names") || "[]")); // what the page says beside each language

// --- our own search
const CHINESE = /\p{Script=Han}/u;
const WORD = /[\p{L}\p{N}]+/gu;
const shelves = new Map();

/** The articles of a language, fetched when they are first looked at. */
function load(lang) {
  if (!shelves.has(lang)) {
    const fetched = fetch(new URL(`search-${lang}.json`, here), { cache: "no-cache" });
    if (!self.lunr) importScripts("lunr.js", `search-index.js?v=${FORMAT}`);
    const shelf = fetched
      .then((reply) => reply.json())
      .then((file) => {
        if (file.format !== FORMAT) throw new Error(`format ${file.format}`);
        return new Shelf(lang, file);
      });
    shelf.catch(() => shelves.delete(lang));
    shelves.set(lang, shelf);
  }
  return shelves.get(lang);
}

/** The languages in the order in which a question looks for its articles: its own first, then the page's. */
function order(question) {
  const chinese = CHINESE.test(question);
  const sentence = (question.match(WORD) ?? []).length >= 3;
  const all = [pageLanguage, ...Array.from(names.keys()).filter((lang) => lang !== pageLanguage)];
  const foreign = all.find((lang) => (chinese ? lang === "zh" : pageLanguage === "zh" && sentence && lang !== "zh"));
  return foreign ? [foreign, ...all.filter((lang) => lang !== foreign)] : all;
}

/** The same article in another language has the same address but for its prefix. */
const articleOf = ({ url, lang }) => url.split("#")[0].replace(`/${lang}/`, "/");

async function searchHere(question) {
  const found = new Map();
  for (const lang of order(question)) {
    if (found.size >= FEW) break;
    const shelf = await load(lang); // brings `find` along
    for (const one of find(question, shelf)) {
      if (!found.has(articleOf(one))) found.set(articleOf(one), one);
    }
  }
  return Array.from(found.values()).slice(0, LIMIT);
}

// --- the API
let restUntil = 0;

const rest = (milliseconds) => (restUntil = performance.now() + milliseconds);

const isText = (value) => typeof value === "string";
const isTextOrNone = (value) => value === undefined || isText(value);
const isPieces = (value) => value === undefined || (Array.isArray(value) && value.every(isText));

/** Whether an answer is what we can show: a network's sign-in page, for one, answers everything with something else. */
function isResult(one) {
  const { url, lang, title, section, excerpt, marked, marked_title } = one ?? {};
  const texts = [url, lang, title].every(isText) && [section, excerpt].every(isTextOrNone);
  return texts && [marked, marked_title].every(isPieces) && locationOf(url) !== null;
}

/** The place of an address from the site's root, which never reads as one of another site, or as code; else null. */
function locationOf(url) {
  try {
    const { origin, pathname, search: query, hash } = new URL(url, NOWHERE);
    const path = pathname.replace(/^\/+/, "").replace(/^[^/]+/, (first) => first.replaceAll(":", "%3A"));
    return origin === NOWHERE ? path + query + hash : null;
  } catch {
    return null;
  }
}

async function searchThere(question, signal) {
  const query = new URLSearchParams({ q: question, lang: pageLanguage, limit: LIMIT });
  const reply = await fetch(new URL(`${api}/api/search?${query}`, here), { signal, credentials: "omit" });
  if (!reply.ok) throw new Error(`answer ${reply.status}`);
  const { results } = await reply.json();
  if (!Array.isArray(results) || !results.every(isResult)) throw new Error("no results");
  return results.slice(0, LIMIT);
}

/** The API's answer, or ours as soon as the API fails or takes too long: whichever comes first. */
function search(question, signal) {
  if (performance.now() < restUntil) return searchHere(question);
  return new Promise((resolve, reject) => {
    let answered = false;
    const ours = () =>
      searchHere(question).then((found) => {
        if (!answered) rest(BREATHER);
        resolve(found);
      });
    const timer = setTimeout(() => ours().catch(() => {}), PATIENCE);
    signal.addEventListener("abort", () => clearTimeout(timer));
    searchThere(question, signal).then(
      (results) => {
        answered = true;
        clearTimeout(timer);
        resolve(results);
      },
      (error) => {
        clearTimeout(timer);
        if (signal.aborted) return;
        answered = true;
        rest(REST);
        ours().catch(() => reject(error));
      },
    );
  });
}

// --- answering
function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Pieces of a text as markup, every second one marked. */
function markup(pieces) {
  return pieces.map((piece, place) => (place % 2 ? `<mark>${escaped(piece)}</mark>` : escaped(piece))).join("");
}

function item(result, rank) {
  const { lang, section, title, excerpt = "", marked_title: titlePieces = [title], marked: pieces = [excerpt] } = result;
  const where = [section, lang === pageLanguage ? "" : names.get(lang)].filter(Boolean).join(" · ");
  // Material shows a text only for addresses without an anchor: so everything goes into the title.
  const whole =
    `<span class="hl-found__title" lang="${escaped(lang)}">${markup(titlePieces)}</span>` +
    (where && `<span class="hl-found__where">${escaped(where)}</span>`) +
    `<span class="hl-found__text" lang="${escaped(lang)}">${markup(pieces)}</span>`;
  // Material looks for addresses from the site's root, wherever that is, and may mark these words on the page itself.
  const words = [titlePieces, pieces].flatMap((text) => text.filter((_, place) => place % 2));
  const terms = Object.fromEntries(words.map((word) => [word.toLowerCase(), true]));
  return [{ location: locationOf(result.url), title: whole, text: "", score: 1 / (rank + 1), terms }];
}

let waiting = false; // whether a question was asked less than PAUSE ago
let asked = ""; // the last question, and the one that was searched for
let searched = "";
let running = new AbortController();

function answer(found) {
  self.postMessage({ type: 3, data: { items: found.map(item), suggest: [] } });
}

/** Whether so little is typed that nothing found means nothing. */
const isBeginning = (question) => /^.$/u.test(question.trim()) && !CHINESE.test(question);

async function searchNow() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const question = (searched = asked);
  if (!question.trim()) return answer([]);
  waiting = true;
  setTimeout(() => {
    waiting = false;
    if (searched !== asked) searchNow();
  }, PAUSE);
  const found = await search(Array.from(question).slice(0, LONGEST).join(""), signal).catch(() => []);
  if (!signal.aborted && (found.length || !isBeginning(question))) answer(found);
}

self.addEventListener("message", ({ data: { type, data } }) => {
  if (type === 0) self.postMessage({ type: 1 });
  if (type !== 2) return;
  asked = String(data);
  if (!waiting || !asked.trim()) searchNow();
});

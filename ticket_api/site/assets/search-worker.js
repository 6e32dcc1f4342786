// The engine behind the search box. It speaks Material's messages (0 set up, 1 ready, 2 question, 3 result), asks the
// API, and searches by itself, with lunr.js and an index made at build time, when the API is away or slow.
"use strict";
const PAUSE = 120; // milliseconds without a key before a search
const PATIENCE = 300; // milliseconds that the API has before we search ourselves
const LIMIT = 10;
const here = new URL(self.location.href);
const pageLanguage = here.searchParams.get("lang") || "en";
const names = new Map(JSON.parse(here.searchParams.get("names") || "[]")); // what the page says beside each language

// --- one way of cutting text into words: the same as knowledge/text.py
const HAN = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3134f}";
const ALNUM = "[\\p{L}\\p{N}]";
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/gu;
const APOSTROPHE = /(?<=[\p{L}\p{Nl}\p{No}])['’ʼ](?=[\p{L}\p{Nl}\p{No}])/gu;
const PART = new RegExp(`(?<!${ALNUM})[a-z]{1,3}-[0-9]+(?!${ALNUM})|[${HAN}]+|(?:(?![${HAN}])${ALNUM})+`, "gu");
const IS_HAN = new RegExp(`^[${HAN}]`, "u");
const SIGN = new RegExp(`[${HAN}]`, "gu");

/** lunr.js's stem of an English word, its last y treated as Porter and lunr.py do: money is monei, and cry stays. */
function stem(word) {
  if (!/^[a-z]{1,40}$/.test(word)) return word; // as text.py: no English word is longer
  const found = lunr.stemmer(new lunr.Token(word)).toString();
  const rest = found.slice(0, -1);
  const hasVowel = /[aeiou]|[^aeiou]y/.test(rest);
  const onlyEnding = /^(s|ed|ing)?$/.test(word.slice(found.length));
  if (found.endsWith("y") && hasVowel && onlyEnding) return `${rest}i`;
  if (found.endsWith("i") && word[rest.length] === "y" && !hasVowel) return `${rest}y`;
  return found;
}

function makeTokeniser(stopWords, simplified) {
  const dropped = new Set(stopWords);
  const chinese = stopWords.filter((word) => IS_HAN.test(word)).sort((a, b) => b.length - a.length);
  const filler = new RegExp(chinese.join("|"), "gu");

  function words(text) {
    const folded = text.normalize("NFKC").toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ").replace(CONTROL, "");
    const plain = folded.replace(SIGN, (sign) => simplified[sign] ?? sign);
    const parts = plain.replace(APOSTROPHE, "").replace(filler, " ").match(PART) ?? [];
    return parts.filter((part) => !dropped.has(part));
  }

  function split(word) {
    if (!IS_HAN.test(word)) return [stem(word.replaceAll("-", ""))];
    const signs = [...word];
    return signs.length === 1 ? signs : signs.slice(1).map((sign, place) => signs[place] + sign);
  }

  return { words, tokens: (text) => words(text).flatMap(split) };
}

// --- searching
const loaded = new Map();

function load(lang) {
  if (!self.lunr) importScripts("lunr.js");
  if (!loaded.has(lang)) {
    const file = fetch(new URL(`search-${lang}.json`, here)).then((reply) => reply.json());
    const ready = file.then(({ articles, stop_words: stopWords, simplified, index }) => {
      return { articles, index: index && lunr.Index.load(index), tokeniser: makeTokeniser(stopWords, simplified) };
    });
    ready.catch(() => loaded.delete(lang));
    loaded.set(lang, ready);
  }
  return loaded.get(lang);
}

async function searchHere(question) {
  const found = [];
  for (const lang of [pageLanguage, ...[...names.keys()].filter((other) => other !== pageLanguage)]) {
    const { articles, index, tokeniser } = await load(lang);
    const tokens = tokeniser.tokens(question);
    const last = tokeniser.words(question).at(-1);
    const hits = tokens.length === 0 || !index ? [] : index.query((query) => {
      for (const token of tokens) query.term(token, { usePipeline: false, boost: 10 });
      query.term(last, { usePipeline: false, wildcard: lunr.Query.wildcard.TRAILING });
    });
    found.push(...hits.map((hit) => articles[Number(hit.ref)]));
  }
  return found.slice(0, LIMIT);
}

async function searchThere(question) {
  const query = new URLSearchParams({ q: question.slice(0, 500), lang: pageLanguage, limit: LIMIT });
  const reply = await fetch(`/api/search?${query}`);
  if (!reply.ok) throw new Error(`answer ${reply.status}`);
  return (await reply.json()).results;
}

/** The API's answer, or ours as soon as the API fails or takes too long: whichever comes first. */
function search(question) {
  return new Promise((resolve) => {
    const ours = () => searchHere(question).then(resolve, () => resolve([]));
    const timer = setTimeout(ours, PATIENCE);
    searchThere(question).then(resolve, ours).finally(() => clearTimeout(timer));
  });
}

// --- answering
function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Pieces of a text as markup, every second one marked. */
function markup(pieces) {
  return pieces.map((piece, place) => (place % 2 ? `<mark>${escaped(piece)}</mark>` : escaped(piece))).join("");
}

/** Text in such pieces: words that begin as one of those do that were looked for, and pairs of Han characters. */
function marked(text, question) {
  const words = question.match(new RegExp(`[${HAN}]{2,}|(?:(?![${HAN}])${ALNUM}){2,}`, "gu")) ?? [];
  const wanted = words.slice(0, 20).flatMap((word) => {
    if (!IS_HAN.test(word)) return [`(?<!${ALNUM})${word}(?:(?![${HAN}])${ALNUM})*`];
    const signs = [...word];
    return signs.slice(1).map((sign, place) => signs[place] + sign);
  });
  return wanted.length ? text.split(new RegExp(`((?:${wanted.join("|")})+)`, "giu")) : [text];
}

function item(result, rank, question) {
  const where = [result.section, result.lang === pageLanguage ? "" : names.get(result.lang)].filter(Boolean).join(" · ");
  // Material shows a text only for addresses without an anchor: so everything goes into the title.
  const title =
    `<span class="hl-found__title" lang="${escaped(result.lang)}">${markup(result.marked_title ?? marked(result.title, question))}</span>` +
    (where && `<span class="hl-found__where">${escaped(where)}</span>`) +
    `<span class="hl-found__text" lang="${escaped(result.lang)}">${markup(result.marked ?? marked(result.excerpt, question))}</span>`;
  return [{ location: result.url, title, text: "", score: 1 / (rank + 1), terms: {} }];
}

let timer;
let latest = 0;

async function answer(question) {
  const turn = ++latest;
  const found = question.trim() ? await search(question) : [];
  const items = found.map((result, rank) => item(result, rank, question));
  if (turn === latest) self.postMessage({ type: 3, data: { items, suggest: [] } });
}

self.addEventListener("message", ({ data: { type, data } }) => {
  if (type === 0) self.postMessage({ type: 1 });
  if (type !== 2) return;
  clearTimeout(timer);
  timer = setTimeout(() => answer(String(data)), PAUSE);
});

// The search box's own search: lunr.js over an index made at build time. Fetched when the API can't be asked.
"use strict";
const MOST_FOUND = 10;
const MOST_WORDS = 40;
const LONGEST_SEQUENCE = 200; // words and signs in which synonyms are looked for
const MOST_COMPLETED = 12;
const SHORTEST_MENDED = 5; // letters

// --- one way of cutting text into words: the same as knowledge/text.py
const HAN = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3134f}";
const ALNUM = "[\\p{L}\\p{N}]";
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/gu;
const APOSTROPHE = /(?<=[\p{L}\p{Nl}\p{No}])['’ʼ](?=[\p{L}\p{Nl}\p{No}])/gu;
const PART = new RegExp(`(?<!${ALNUM})[a-z]{1,3}-[0-9]+(?!${ALNUM})|[${HAN}]+|(?:(?![${HAN}])${ALNUM})+`, "gu");
const IS_HAN = new RegExp(`^[${HAN}]`, "u");
const IS_SIGN = new RegExp(`^[${HAN}]$`, "u");
const SIGN = new RegExp(`[${HAN}]`, "gu");
const PART_OF_TEXT = new RegExp(`[${HAN}]+|(?:(?![${HAN}])(?:${ALNUM}|(?<=${ALNUM})['’ʼ-](?=${ALNUM})))+`, "gu");
const LETTERS = /^\p{L}+$/u;
const FOLDED_OTHERWISE = /[\u01f0\u0345\u0390\u03b0\u13f8-\u13fd\u1c80-\u1c88\u1e96-\u1e99\u1f50-\u1ffc\uab70-\uabbf]/gu;

/** lunr.js's stem of an English word, its last y treated as Porter and lunr.py do: money is monei, and cry stays. */
function stem(word) {
  const whole = word.replaceAll("-", "");
  if (!/^[a-z]{1,40}$/.test(whole)) return whole; // as text.py: no English word is longer
  const found = lunr.stemmer(new lunr.Token(whole)).toString();
  const rest = found.slice(0, -1);
  const hasVowel = /[aeiou]|[^aeiou]y/.test(rest);
  const onlyEnding = /^(s|ed|ing)?$/.test(whole.slice(found.length));
  if (found.endsWith("y") && hasVowel && onlyEnding) return `${rest}i`;
  if (found.endsWith("i") && whole[rest.length] === "y" && !hasVowel) return `${rest}y`;
  return found;
}

/** Python's casefold, for text in NFKC. */
function fold(text) {
  const lower = text.toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ");
  return lower.replace(FOLDED_OTHERWISE, (sign) => {
    const capital = sign.toUpperCase();
    return /\p{Script=Cherokee}/u.test(sign) ? capital : capital.toLowerCase();
  });
}

function makeTokeniser(stopWords, simplified) {
  const dropped = new Set(stopWords);
  const chinese = stopWords.filter((word) => IS_HAN.test(word)).sort((a, b) => b.length - a.length);
  const filler = new RegExp(chinese.join("|"), "gu");

  function normalise(text) {
    return fold(text.normalize("NFKC")).replace(CONTROL, "").replace(SIGN, (sign) => simplified[sign] ?? sign);
  }

  const every = (text) => normalise(text).replace(APOSTROPHE, "").match(PART) ?? [];

  function words(text) {
    const parts = normalise(text).replace(APOSTROPHE, "").replace(filler, " ").match(PART) ?? [];
    return parts.filter((part) => !dropped.has(part));
  }

  /** The tokens of a word: Han characters fall into pairs, a word becomes its stem, E-1042 is also E1042. */
  function split(word) {
    if (!IS_HAN.test(word)) return [stem(word)];
    const signs = Array.from(word);
    return signs.length === 1 ? signs : signs.slice(1).map((sign, place) => signs[place] + sign);
  }

  /** The same, and beside pairs of Han characters each by itself. */
  function terms(word) {
    return IS_HAN.test(word) && !IS_SIGN.test(word) ? [...split(word), ...word] : split(word);
  }

  /** Stems and single Han characters in their order, filler included: what synonyms are looked up by. */
  const sequence = (text) => every(text).flatMap((word) => (IS_HAN.test(word) ? Array.from(word) : split(word)));

  return { every, words, split, terms, sequence, tokens: (text) => words(text).flatMap(split) };
}

// --- our own index
/** The articles of one language with their index. lunr.js is given as much of it as a question needs. */
class Shelf {
  constructor(lang, file) {
    this.lang = lang;
    this.articles = file.articles;
    this.synonyms = Object.entries(file.synonyms);
    this.tokeniser = makeTokeniser(file.stop_words, file.simplified);
    this.known = file.terms.split(" ");
    this.numbers = new Map(this.known.map((term, number) => [term, number]));
    this.rows = Object.entries(file.fields).map(([field, row]) => ({ field, row, starts: startsOf(row, this.known.length) }));
    // For each article itself, then its sections.
    this.documents = file.articles.flatMap(([, , , , sections], place) => [
      { place },
      ...sections.map((_, section) => ({ place, section })),
    ]);
  }

  has(term) {
    return this.numbers.has(term);
  }

  /** In how many titles a term stands. */
  titles(term) {
    const { row, starts } = this.rows[0];
    const start = starts[this.numbers.get(term)];
    return start < 0 ? 0 : row[start];
  }

  /** The known words one slip of the keyboard away. */
  near(word) {
    this.tokenSet ??= lunr.TokenSet.fromArray(this.known);
    return this.tokenSet.intersect(lunr.TokenSet.fromFuzzyString(word, 1)).toArray();
  }

  /** The index of these terms as lunr.js loads it: site/search.py says how its rows are written. */
  index(terms) {
    const numbers = terms.map((term) => this.numbers.get(term)).sort((a, b) => a - b);
    const vectors = new Map();
    const inverted = numbers.map((number) => {
      const entry = { _index: number };
      for (const { field, row, starts } of this.rows) {
        const postings = (entry[field] = {});
        let at = starts[number];
        if (at < 0) continue;
        for (let left = row[at++], document = 0; left > 0; left--) {
          document += row[at++];
          postings[document] = {};
          const ref = `${field}/${document}`;
          if (!vectors.has(ref)) vectors.set(ref, []);
          vectors.get(ref).push(number, row[at++]);
        }
      }
      return [this.known[number], entry];
    });
    const fields = this.rows.map(({ field }) => field);
    return lunr.Index.load({ version: lunr.version, fields, fieldVectors: [...vectors], invertedIndex: inverted, pipeline: [] });
  }
}

/** Where in a row the postings of each term begin; -1 for those that have none. */
function startsOf(row, count) {
  const starts = new Int32Array(count).fill(-1);
  for (let at = 0, term = 0; at < row.length; at += 2 * row[at] + 1) {
    term += row[at++];
    starts[term] = at;
  }
  return starts;
}

/** Where a word would stand among those that are known. */
function placeOf(word, known) {
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (known[middle] < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The known words that begin so, those of most titles first. */
function completions(start, shelf) {
  const found = [];
  for (let at = placeOf(start, shelf.known); shelf.known[at]?.startsWith(start); at++) found.push(shelf.known[at]);
  const counted = found.map((word) => [word, shelf.titles(word)]).sort(([, a], [, b]) => b - a);
  return counted.slice(0, MOST_COMPLETED).map(([word]) => word);
}

/** The longest known word that begins this one: a word that is typed halfway may be longer than its stem. */
function beginningOf(word, shelf) {
  for (let end = word.length - 1; end >= 4; end--) {
    if (shelf.has(word.slice(0, end))) return [word.slice(0, end)];
  }
  return [];
}

/** What a word that stands nowhere was meant to be. */
function mended(word, shelf) {
  const near = word.length >= SHORTEST_MENDED && LETTERS.test(word) ? shelf.near(stem(word)) : [];
  return near.length ? near : beginningOf(word, shelf);
}

/** What is looked up for a question: terms of the index with their weights. */
function wanted(question, shelf) {
  const { tokeniser } = shelf;
  const kept = tokeniser.words(question);
  const words = (kept.length ? kept : tokeniser.every(question)).slice(0, MOST_WORDS);
  const last = /[\p{L}\p{N}]$/u.test(question.normalize("NFKC")) && words.at(-1);
  const weights = new Map();
  const want = (terms, weight) => {
    for (const term of terms) weights.set(term, Math.max(weight, weights.get(term) ?? 0));
  };
  for (const word of words) {
    const terms = tokeniser.terms(word);
    const known = terms.filter((term) => shelf.has(term));
    want(known, 1);
    if (IS_HAN.test(word)) continue;
    const begun = word === last ? completions(word, shelf) : [];
    want(begun, known.length ? 0.3 : 0.8);
    if (!known.length && !begun.length) want(mended(word, shelf), 0.8);
  }
  const sequence = ` ${tokeniser.sequence(question).slice(0, LONGEST_SEQUENCE).join(" ")} `;
  for (const [member, groups] of shelf.synonyms) {
    if (sequence.includes(` ${member} `)) {
      for (const group of groups) want([group], group[0] === "=" ? 1.5 : 0.7);
    }
  }
  return weights;
}

/** The articles of a language that match, best first: a score is the article's own and that of its best section. */
function find(question, shelf) {
  const weights = wanted(question, shelf);
  if (weights.size === 0) return [];
  const hits = shelf.index([...weights.keys()]).query((query) => {
    for (const [term, boost] of weights) query.term(term, { usePipeline: false, boost });
  });
  // Single Han characters find what pairs don't. Marked they would be everywhere, and a few of them mean nothing.
  const alone = new Set(shelf.tokeniser.words(question));
  const isSign = (term) => IS_SIGN.test(term) && !alone.has(term);
  const signs = Array.from(weights.keys()).filter(isSign).length;
  const found = new Map();
  for (const { ref, score, matchData } of hits) {
    const { place, section } = shelf.documents[ref];
    const one = found.get(place) ?? { own: 0, best: 0, section: null, held: [], terms: new Set(), signs: new Set() };
    const held = Object.keys(matchData.metadata);
    if (section === undefined) one.own = score;
    else if (score > one.best) Object.assign(one, { best: score, section, held });
    for (const term of held) (isSign(term) ? one.signs : one.terms).add(term);
    found.set(place, one);
  }
  return Array.from(found)
    .filter(([, one]) => one.terms.size > 0 || one.signs.size > signs / 2)
    .sort(([, a], [, b]) => b.own + b.best - a.own - a.best)
    .slice(0, MOST_FOUND)
    .map(([place, one]) => shown(shelf, place, one));
}

/** An article that was found, as the API gives it: at its top, unless its section holds what its title doesn't. */
function shown({ articles, lang, synonyms, tokeniser }, place, { section, held, terms, signs }) {
  const [url, title, excerpt, category, sections] = articles[place];
  const said = new Set(tokeniser.words(title).flatMap(tokeniser.terms));
  const isSaid = (term) => (IS_HAN.test(term) ? Array.from(term) : [term]).every((part) => said.has(part));
  const found = held.every(isSaid) ? "" : sections[section] ?? "";
  const [heading, anchor] = Array.isArray(found) ? found : [found, found.toLowerCase().replaceAll(" ", "-")];
  const mark = (text) => marked(text, terms.size ? withMembers(terms, synonyms) : signs, tokeniser);
  return {
    url: anchor ? `${url}#${anchor}` : url,
    lang,
    title,
    section: heading || category,
    marked_title: mark(title),
    marked: mark(excerpt),
  };
}

/** Terms, and the words of the groups of synonyms among them: stems alone, and pairs of Han characters. */
function withMembers(terms, synonyms) {
  const meant = synonyms.filter(([, groups]) => groups.some((group) => terms.has(group)));
  const words = meant.flatMap(([member]) => {
    const parts = member.split(" ");
    if (!parts.every((part) => IS_SIGN.test(part))) return parts.length === 1 ? parts : [];
    return parts.slice(1).map((sign, place) => parts[place] + sign);
  });
  return new Set([...terms, ...words]);
}

/** Text in pieces, every second one holding nothing but words that were found. */
function marked(text, terms, tokeniser) {
  const pieces = [""];
  const put = (piece, isFound) => {
    if (isFound !== (pieces.length % 2 === 0)) pieces.push("");
    pieces[pieces.length - 1] += piece;
  };
  const isFound = (word) => tokeniser.every(word).flatMap(tokeniser.split).some((term) => terms.has(term));
  let end = 0;
  for (const { 0: word, index } of text.matchAll(PART_OF_TEXT)) {
    put(text.slice(end, index), false);
    const signs = IS_HAN.test(word) ? Array.from(word) : [word];
    const pairs = signs.slice(1).map((sign, place) => isFound(signs[place] + sign));
    signs.forEach((sign, place) => put(sign, pairs[place - 1] || pairs[place] || isFound(sign)));
    end = index + word.length;
  }
  put(text.slice(end), false);
  return pieces;
}

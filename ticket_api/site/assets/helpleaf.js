// What every page does: light and dark, and "Was this helpful?". The other files use what it exports, and are set up
// with `onPage`: once at load, and again whenever Material's instant navigation has put another page in place.
"use strict";
window.helpleaf = (() => {
  const PATIENCE = 10000; // milliseconds that an answer of the API may take
  const memory = new Map(); // for a browser that keeps nothing
  const root = findRoot();
  const words = {}; // what the page says
  const parts = []; // what is set up on every page
  let page; // {root, signal} of the page that is shown
  let leave; // leaves it

  /** The server read what was sent and refuses it, with a sentence for the person; anything else means: not reached. */
  class Refused extends Error {
    constructor({ message, field } = {}) {
      super(message);
      this.field = field;
    }
  }

  /** The server, or what stands before it, could not do it; `told` is its sentence for the person, if it had one. */
  class Failed extends Error {
    constructor(answer, told) {
      super(`answer ${answer}`);
      this.told = told;
    }
  }

  /** Where the site begins, as Material tells it: it may be a folder. */
  function findRoot() {
    const told = document.getElementById("__config");
    const base = told ? JSON.parse(told.textContent).base : "/";
    return new URL(base.endsWith("/") ? base : `${base}/`, location).href;
  }

  /** The address of a path from the site's root, such as `/billing/refunds/#fees`. */
  const at = (path) => root + path.replace(/^\/+/, "");

  /** The address of a path of the server, which may stand elsewhere. */
  const api = (path) => (words.api ?? "") + path;

  async function post(path, body, headers = {}) {
    const reply = await fetch(api(path), {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const data = await reply.json().catch(() => null);
    const told = data?.error?.message;
    if (reply.ok && data) return data;
    if (told && reply.status < 500) throw new Refused(data.error);
    throw new Failed(reply.status, told);
  }

  /** An element with attributes and children; text is set as text, never as markup. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child));
    return element;
  }

  /** A sentence with its placeholders filled. */
  function fill(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  /** What is kept under a name in this tab, or in the browser with "localStorage"; else null. */
  function recall(name, where = "sessionStorage") {
    if (memory.has(name)) return memory.get(name); // newer than what a full storage still holds
    try {
      return JSON.parse(window[where].getItem(name));
    } catch {
      return null;
    }
  }

  /** Keep a value there; null forgets it. */
  function keep(name, value, where = "sessionStorage") {
    memory.delete(name);
    try {
      if (value) window[where].setItem(name, JSON.stringify(value));
      else window[where].removeItem(name);
    } catch {
      memory.set(name, value);
    }
  }

  /** Show on a button that it is at work; it stays where the focus is and can't be pressed twice. */
  function busy(button, on) {
    if (on) button.dataset.label = button.textContent;
    button.textContent = on ? words.sending : button.dataset.label;
    button.setAttribute("aria-disabled", on);
  }

  /** The link to the section of an article that answers; it says the language if that isn't the page's. */
  function titleLink({ url, title, section, lang }, attributes = {}) {
    const heading = section && make("span", { class: "hl-section" }, section);
    const foreign = lang !== words.lang && make("span", { class: "hl-tag", lang: words.spoken }, words.in_language[lang] ?? lang);
    return make("a", { href: at(url), lang, ...attributes }, title, heading && " ", heading, foreign && " ", foreign);
  }

  /** What that section says, the words of the question marked. */
  function excerpt({ excerpt: text, marked = [text], lang }) {
    return make("p", { lang }, ...marked.map((piece, place) => (place % 2 ? make("mark", {}, piece) : piece)));
  }

  /** Set something up on every page: `setUp` gets its root, and a signal that is aborted when it is left. */
  function onPage(setUp) {
    parts.push(setUp);
    setUp(page);
  }

  function showPage() {
    const shown = document.querySelector("[data-md-component='container']") ?? document.body;
    if (shown === page?.root) return; // Material tells of the first page as well
    leave?.abort();
    leave = new AbortController();
    page = { root: shown, signal: leave.signal };
    const spoken = document.querySelector("[data-hl-words]");
    if (spoken) Object.assign(words, JSON.parse(spoken.content.textContent));
    for (const setUp of parts) setUp(page);
  }

  const searchBoxes = () => Array.from(document.querySelectorAll("[data-md-component='search']"));

  /** Material leaves what stands around a page as it was: wrong for another language, and for the home page's search. */
  function reloadOnOtherFrame({ lang }, [search]) {
    onPage(() => {
      const [found, ...more] = searchBoxes();
      if (words.lang !== lang || found !== search || more.length) location.reload();
    });
  }

  function switchTheme() {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const shown = document.documentElement.dataset.scheme || system;
    const wanted = shown === "dark" ? "light" : "dark";
    if (wanted === system) delete document.documentElement.dataset.scheme;
    else document.documentElement.dataset.scheme = wanted;
    try {
      if (wanted === system) localStorage.removeItem("helpleaf.scheme");
      else localStorage.setItem("helpleaf.scheme", wanted);
    } catch {
      // The choice then lasts as long as the page.
    }
  }

  function setUpFeedback(box, signal) {
    const form = box.querySelector("form");
    const after = box.querySelector("[data-hl-after]");
    const answer = { article: form.elements.article.value, lang: form.elements.lang.value };

    const vote = (helpful, comment) => post("/api/articles/feedback", { ...answer, helpful, ...(comment && { comment }) });
    const reason = (error) => (error instanceof Refused && error.message) || words.feedback_down;

    function thank(sentence) {
      const thanks = make("p", { tabindex: "-1" }, sentence);
      form.hidden = true;
      after.replaceChildren(thanks);
      thanks.focus();
    }

    // "No" waits for its sentence and is sent at the latest when the page is left, so that it counts once.
    function offerComment() {
      let waiting = true;
      let unsent = "";
      const input = make("input", { id: "hl-comment", type: "text", name: "comment", autocomplete: "off" });
      const button = make("button", { class: "hl-button" }, words.comment_send);
      const trouble = make("p", { class: "hl-field__error", id: "hl-comment-error", hidden: "" });
      const comment = make(
        "form",
        { class: "hl-comment" },
        make("label", { for: "hl-comment" }, words.comment),
        make("div", { class: "hl-comment__row" }, input, button),
        trouble,
        document.querySelector("[data-hl-ask]") &&
          make("button", { class: "hl-button hl-button--plain", type: "button", onclick: handOver }, words.comment_ask),
      );
      // A sentence that wants an answer goes into the form, and isn't counted as a comment as well.
      function handOver() {
        const sentence = input.value.trim();
        unsent = "";
        after.replaceChildren(make("p", {}, words.comment_moved));
        document.dispatchEvent(new CustomEvent("helpleaf:add", { detail: sentence }));
      }
      const sendUnsent = () => {
        if (!waiting) return;
        waiting = false;
        // As a form: that may go to another site without being asked about first.
        const fields = { ...answer, helpful: "no", ...(unsent && { comment: unsent }) };
        navigator.sendBeacon(api("/feedback"), new URLSearchParams(fields));
      };
      const blame = (error) => {
        trouble.textContent = reason(error);
        trouble.hidden = false;
        input.setAttribute("aria-describedby", trouble.id);
        input.focus();
      };
      comment.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (button.getAttribute("aria-disabled") === "true") return;
        const sentence = input.value.trim();
        waiting = false;
        busy(button, true);
        try {
          await vote(false, sentence);
          thank(words.comment_thanks);
        } catch (error) {
          waiting = true;
          unsent = error instanceof Refused ? "" : sentence;
          busy(button, false);
          blame(error);
        }
      });
      document.addEventListener("visibilitychange", () => document.hidden && sendUnsent(), { signal });
      signal.addEventListener("abort", sendUnsent);
      form.hidden = true;
      after.replaceChildren(make("p", {}, words.thanks_no), comment);
      input.focus();
    }

    let voting = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (voting) return;
      if (event.submitter?.value === "no") return offerComment();
      voting = true;
      try {
        await vote(true);
        thank(words.thanks_yes);
      } catch (error) {
        after.replaceChildren(make("p", {}, reason(error)));
      } finally {
        voting = false;
      }
    });
  }

  showPage();
  reloadOnOtherFrame({ ...words }, searchBoxes());
  onPage(() => document.querySelector(".hl-skip")?.setAttribute("href", "#hl-content")); // Material ties it to one page
  document.querySelector("[data-hl-theme]")?.addEventListener("click", switchTheme);
  onPage(({ root: shown, signal }) => {
    for (const box of shown.querySelectorAll("[data-hl-feedback]")) setUpFeedback(box, signal);
  });
  window.document$?.subscribe(showPage);
  return { Failed, Refused, api, at, busy, excerpt, fill, keep, make, onPage, post, recall, titleLink, words };
})();

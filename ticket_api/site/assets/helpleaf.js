// What every page does: light and dark, and "Was this helpful?". The other files use what it exports.
"use strict";
window.helpleaf = (() => {
  const PATIENCE = 10000; // milliseconds that an answer of the API may take
  const memory = new Map(); // for a browser that keeps nothing

  /** The server read what was sent and refuses it, with a sentence for the person; anything else means: not reached. */
  class Refused extends Error {
    constructor({ message, field } = {}) {
      super(message);
      this.field = field;
    }
  }

  /** The server was reached and could not do it; `told` is its sentence for the person, if it had one. */
  class Failed extends Error {
    constructor(status, { message } = {}) {
      super(`answer ${status}`);
      this.told = message;
    }
  }

  async function post(path, body, headers = {}) {
    const reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const data = await reply.json().catch(() => ({}));
    if (reply.status >= 500) throw new Failed(reply.status, data.error);
    if (!reply.ok) throw new Refused(data.error);
    return data;
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

  /** What is kept in this tab under a name, or null. */
  function recall(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name)) ?? memory.get(name) ?? null;
    } catch {
      return memory.get(name) ?? null;
    }
  }

  /** Keep a value in this tab; null forgets it. */
  function keep(name, value) {
    memory.delete(name);
    try {
      if (value) sessionStorage.setItem(name, JSON.stringify(value));
      else sessionStorage.removeItem(name);
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
    const foreign = lang !== words.lang && make("span", { class: "hl-tag", lang: words.lang }, words.in_language[lang] ?? lang);
    return make("a", { href: url, lang, ...attributes }, title, heading && " ", heading, foreign && " ", foreign);
  }

  /** What that section says, the words of the question marked. */
  function excerpt({ excerpt: text, marked = [text], lang }) {
    return make("p", { lang }, ...marked.map((piece, place) => (place % 2 ? make("mark", {}, piece) : piece)));
  }

  function readWords() {
    const source = document.querySelector("[data-hl-words]");
    return source ? JSON.parse(source.textContent) : {};
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

  function setUpFeedback(box, words) {
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
        make("a", { href: "#ask" }, words.comment_ask),
      );
      const leave = () => {
        if (!waiting || document.visibilityState !== "hidden") return;
        waiting = false;
        const body = JSON.stringify({ ...answer, helpful: false, ...(unsent && { comment: unsent }) });
        navigator.sendBeacon("/api/articles/feedback", new Blob([body], { type: "application/json" }));
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
      document.addEventListener("visibilitychange", leave);
      form.hidden = true;
      after.replaceChildren(make("p", {}, words.thanks_no), comment);
      input.focus();
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.value === "no") return offerComment();
      vote(true).then(
        () => thank(words.thanks_yes),
        (error) => after.replaceChildren(make("p", {}, reason(error))),
      );
    });
  }

  const words = readWords();
  document.querySelector("[data-hl-theme]")?.addEventListener("click", switchTheme);
  document.querySelectorAll("[data-hl-feedback]").forEach((box) => setUpFeedback(box, words));
  return { Refused, busy, excerpt, fill, keep, make, post, recall, titleLink, words };
})();

// What every page does: light and dark, and "Was this helpful?". ask.js uses what it exports.
"use strict";
window.helpleaf = (() => {
  const PATIENCE = 10000; // milliseconds that an answer of the API may take

  /** The server read what was sent and refuses it, with a sentence for the person; anything else means: not reached. */
  class Refused extends Error {
    constructor({ message, field } = {}) {
      super(message);
      this.field = field;
    }
  }

  async function post(path, body, headers = {}) {
    const reply = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (reply.status >= 500) throw new Error(`answer ${reply.status}`);
    const data = await reply.json().catch(() => ({}));
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

    async function send(helpful, comment, thanks) {
      try {
        await post("/api/articles/feedback", { ...answer, helpful, ...(comment && { comment }) });
        form.hidden = true;
        after.replaceChildren(make("p", {}, thanks));
      } catch (error) {
        after.replaceChildren(make("p", {}, (error instanceof Refused && error.message) || words.feedback_down));
      }
    }

    // "No" waits for its sentence and is sent at the latest when the page is left, so that it counts once.
    function offerComment() {
      let waiting = true;
      const input = make("input", { id: "hl-comment", type: "text", name: "comment", autocomplete: "off" });
      const comment = make(
        "form",
        { class: "hl-comment" },
        make("label", { for: "hl-comment" }, words.comment),
        make("div", { class: "hl-comment__row" }, input, make("button", { class: "hl-button" }, words.comment_send)),
        make("a", { href: "#ask" }, words.comment_ask),
      );
      const leave = () => {
        if (!waiting || document.visibilityState !== "hidden") return;
        waiting = false;
        const body = new Blob([JSON.stringify({ ...answer, helpful: false })], { type: "application/json" });
        navigator.sendBeacon("/api/articles/feedback", body);
      };
      comment.addEventListener("submit", (event) => {
        event.preventDefault();
        waiting = false;
        send(false, input.value.trim(), words.comment_thanks);
      });
      document.addEventListener("visibilitychange", leave);
      form.hidden = true;
      after.replaceChildren(make("p", {}, words.thanks_no), comment);
      input.focus();
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.value === "no") offerComment();
      else send(true, "", words.thanks_yes);
    });
  }

  // Material searches when a key is let go: pasting, dictating and choosing a Chinese word release none.
  function searchOnInput(field) {
    field.addEventListener("input", () => field.dispatchEvent(new Event("keyup")));
  }

  const words = readWords();
  document.querySelectorAll("[data-md-component='search-query']").forEach(searchOnInput);
  document.querySelector("[data-hl-theme]")?.addEventListener("click", switchTheme);
  document.querySelectorAll("[data-hl-feedback]").forEach((box) => setUpFeedback(box, words));
  return { Refused, fill, make, post, words };
})();

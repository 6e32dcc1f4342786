// The form "Still need help?": suggestions while typing, sending, the offer, and what comes after it.
"use strict";
(() => {
  const box = document.querySelector("[data-hl-ask]");
  if (!box) return;
  const { Refused, fill, make, post, words } = window.helpleaf;
  const PAUSE = 300; // milliseconds without a key before suggestions are fetched
  const LONGEST_QUERY = 500;
  const DRAFT = `helpleaf.draft:${location.pathname}`;
  const OFFER = "helpleaf.offer";

  const form = box.querySelector("[data-hl-form]");
  const fields = form.elements;
  const after = box.querySelector("[data-hl-after]");
  const typing = box.querySelector("[data-hl-typing]");
  const announcer = box.querySelector("[data-hl-announce]");
  const trouble = box.querySelector("[data-hl-trouble]");
  const sendButton = box.querySelector("[data-hl-send]");
  const lang = fields.lang.value;
  const page = fields.page.value;

  // --- what is kept in the tab
  function recall(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function keep(key, value) {
    try {
      if (value) sessionStorage.setItem(key, JSON.stringify(value));
      else sessionStorage.removeItem(key);
    } catch {
      // Then the text stands in the form alone.
    }
  }

  function keepDraft() {
    const { message, name, email } = fields;
    keep(DRAFT, { ...recall(DRAFT), message: message.value, name: name.value, email: email.value });
  }

  function fillDraft() {
    const draft = recall(DRAFT);
    for (const name of ["message", "name", "email"]) {
      if (draft?.[name] && !fields[name].value) fields[name].value = draft[name];
    }
  }

  /** The same key as long as the same text is tried again: a retry never makes a second ticket. */
  function retryKey(body) {
    const draft = recall(DRAFT) ?? {};
    const sent = JSON.stringify(body);
    if (draft.sent === sent && draft.key) return draft.key;
    const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    keep(DRAFT, { ...draft, sent, key });
    return (lastKey = sent === lastKey?.sent ? lastKey : { sent, key }).key;
  }
  let lastKey = null; // for a browser that keeps nothing

  // --- while typing
  let timer;
  let running;
  let shown = "";

  function worthAsking(text) {
    const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
    return han >= 2 || (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 3;
  }

  async function suggest() {
    running?.abort();
    running = new AbortController();
    const q = Array.from(fields.message.value.trim()).slice(0, LONGEST_QUERY).join("");
    if (!worthAsking(q)) return showTyping([]);
    try {
      const query = new URLSearchParams({ q, lang, page, limit: 3 });
      const reply = await fetch(`/api/suggestions?${query}`, { signal: running.signal });
      if (reply.ok) showTyping((await reply.json()).suggestions);
    } catch {
      // Writing goes on without suggestions.
    }
  }

  function showTyping(suggestions) {
    const ids = suggestions.map(({ id, lang: own }) => `${id}:${own}`).join();
    const elsewhere = document.activeElement !== fields.message && typing.hidden;
    if (ids === shown || elsewhere) return; // nothing moves under a hand that is busy further down
    shown = ids;
    typing.hidden = !ids;
    typing.replaceChildren(
      make("p", { class: "hl-kicker" }, words.typing_title),
      make("ul", {}, ...suggestions.map((one) => make("li", {}, titleLink(one)))),
    );
    announcer.textContent = ids ? counted("found", suggestions.length) : "";
  }

  function counted(kind, count) {
    return fill(words[`${kind}_${count === 1 ? "one" : "many"}`], { count });
  }

  function titleLink({ url, title, lang: own }, attributes = {}) {
    const foreign = own !== lang && make("span", { class: "hl-tag", lang }, words.languages[own] ?? own);
    return make("a", { href: url, lang: own, ...attributes }, title, foreign);
  }

  // --- sending
  async function ask() {
    clearTrouble();
    const body = { message: fields.message.value, lang, page };
    for (const name of ["name", "email"]) if (fields[name].value.trim()) body[name] = fields[name].value.trim();
    if (!body.message.trim()) return blame("message", words.errors_missing);
    busy(sendButton, true);
    try {
      const ticket = await post("/api/tickets", body, { "Idempotency-Key": retryKey(body) });
      keep(DRAFT, null);
      if (ticket.status === "offered" && ticket.suggestions.length) showOffer(ticket);
      else showSent(ticket);
    } catch (error) {
      if (error instanceof Refused) blame(error.field, error.message);
      else showDown(body.message);
    } finally {
      busy(sendButton, false);
    }
  }

  function busy(button, on) {
    if (on) button.dataset.label = button.textContent;
    button.textContent = on ? words.sending : button.dataset.label;
    button.setAttribute("aria-disabled", on);
  }

  function blame(field, sentence) {
    const place = box.querySelector(`[data-hl-error="${CSS.escape(field ?? "")}"]`);
    if (!place) return trouble.replaceChildren(make("p", {}, sentence || words.step_down));
    place.textContent = sentence;
    place.hidden = false;
    fields[field].setAttribute("aria-invalid", "true");
    fields[field].setAttribute("aria-describedby", place.id);
    fields[field].focus();
  }

  function clearTrouble() {
    trouble.replaceChildren();
    for (const place of box.querySelectorAll("[data-hl-error]")) {
      place.hidden = true;
      fields[place.dataset.hlError].removeAttribute("aria-invalid");
      fields[place.dataset.hlError].removeAttribute("aria-describedby");
    }
  }

  function showDown(message) {
    const mail = new URLSearchParams({ subject: fill(words.mail_subject, words), body: message });
    const href = `mailto:${words.mail_address}?${String(mail).replaceAll("+", "%20")}`;
    trouble.replaceChildren(
      make("strong", {}, words.down_title),
      make("p", {}, words.down_lead),
      make(
        "p",
        { class: "hl-actions" },
        make("button", { class: "hl-button", type: "button", onclick: ask }, words.retry),
        make("a", { class: "hl-button", href }, words.mail),
      ),
    );
  }

  // --- after sending
  function show(title, ...children) {
    const heading = make("h2", { tabindex: "-1" }, title);
    after.replaceChildren(heading, ...children.filter((child) => child), make("div", { class: "hl-trouble", role: "alert" }));
    form.hidden = true;
    after.hidden = false;
    heading.focus();
  }

  /** A button that changes the ticket; when that fails, it says so and can be pressed again. */
  function step(ticket, action, body, label, next) {
    const token = new URL(ticket.link, location.href).pathname.split("/").filter(Boolean).pop();
    const button = make("button", { class: "hl-button", type: "button" }, label);
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      busy(button, true);
      try {
        await post(`/api/tickets/${encodeURIComponent(token)}/${action}`, body);
        keep(OFFER, null);
        next(ticket);
      } catch (error) {
        busy(button, false);
        after.lastElementChild.replaceChildren(make("p", {}, (error instanceof Refused && error.message) || words.step_down));
      }
    });
    return button;
  }

  function showOffer(ticket) {
    keep(OFFER, { at: recall(OFFER)?.at ?? Date.now(), ticket });
    const items = ticket.suggestions.slice(0, 3).map((one) =>
      make(
        "li",
        { class: "hl-offer" },
        make("h3", {}, titleLink(one, { target: "_blank", rel: "noopener", "aria-describedby": "hl-new-tab" })),
        make("p", { lang: one.lang }, one.excerpt),
        step(ticket, "solved", { article: one.id }, words.offer_solved, showSolved),
      ),
    );
    show(
      words.offer_title,
      make("p", {}, fill(words.offer_lead, words)),
      make("ul", { class: "hl-offers" }, ...items),
      make("p", { class: "hl-unseen", id: "hl-new-tab" }, words.new_tab),
      make("p", { class: "hl-actions" }, step(ticket, "send", {}, words.offer_send, showSent)),
    );
  }

  function showSent(ticket) {
    show(
      words.sent_title,
      make("p", {}, words.sent_lead),
      make("p", { class: "hl-link" }, make("a", { href: ticket.link }, ticket.link)),
      make("p", { class: "hl-actions" }, copyButton(ticket.link), againButton()),
    );
  }

  function showSolved(ticket) {
    show(
      words.solved_title,
      make("p", {}, words.solved_lead),
      make("p", { class: "hl-actions" }, step(ticket, "undo", {}, words.ticket_undo, showSent), againButton()),
    );
  }

  function copyButton(link) {
    const button = make("button", { class: "hl-button", type: "button" }, words.copy);
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(link);
      button.textContent = words.copied;
    });
    return button;
  }

  function againButton() {
    const again = () => {
      form.reset();
      showTyping([]);
      after.hidden = true;
      form.hidden = false;
      fields.message.focus();
    };
    return make("button", { class: "hl-button hl-button--plain", type: "button", onclick: again }, words.another);
  }

  // --- start
  form.noValidate = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sendButton.getAttribute("aria-disabled") !== "true") ask();
  });
  form.addEventListener("input", keepDraft);
  for (const kind of ["input", "compositionend"]) {
    fields.message.addEventListener(kind, (event) => {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(suggest, PAUSE);
    });
  }
  fillDraft();
  const open = recall(OFFER);
  if (open && Date.now() - open.at < words.minutes * 60000) {
    const focused = document.activeElement;
    showOffer(open.ticket);
    document.activeElement.blur();
    focused?.focus?.();
  } else keep(OFFER, null);
})();

// The form "Still need help?": suggestions while typing, and sending. What comes after it stands in question.js.
"use strict";
(() => {
  const box = document.querySelector("[data-hl-ask]");
  if (!box) return;
  const { Refused, busy, excerpt, fill, keep, make, post, recall, titleLink, words } = window.helpleaf;
  const PAUSE = 300; // milliseconds without a key before suggestions are fetched
  const LONGEST_QUERY = 500;
  const SENT = "helpleaf.sent";

  const form = box.querySelector("[data-hl-form]");
  const fields = form.elements;
  const typing = box.querySelector("[data-hl-typing]");
  const announcer = box.querySelector("[data-hl-announce]");
  const trouble = box.querySelector("[data-hl-trouble]");
  const sendButton = box.querySelector("[data-hl-send]");
  const lang = fields.lang.value;
  const page = fields.page.value;
  const DRAFT = `helpleaf.draft:${window.helpleaf.placeOf(page)}`;
  const question = window.helpleaf.question(box, () => fields.message.focus());

  // --- what is kept in the tab
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

  /** What to send, and its key: the same text again is the same request, so that it never makes a second ticket. */
  function request(body) {
    const last = recall(SENT);
    if (last && ["message", "name", "email"].every((name) => last.body[name] === body[name])) return last;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const sent = { body, key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
    keep(SENT, sent);
    return sent;
  }

  // --- while typing
  let timer;
  let running;
  let shown = "[]";
  let announced = "";

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
    const looks = JSON.stringify(suggestions.map(({ url, marked }) => [url, marked]));
    const elsewhere = document.activeElement !== fields.message && typing.hidden;
    if (looks === shown || elsewhere) return; // nothing moves under a hand that is busy further down
    shown = looks;
    typing.hidden = !ids;
    typing.replaceChildren(
      make("p", { class: "hl-kicker" }, words.typing_title),
      make("ul", {}, ...suggestions.map((one) => make("li", {}, titleLink(one), excerpt(one)))),
    );
    if (ids === announced) return; // only the words marked are others
    announced = ids;
    announcer.textContent = ids ? counted("found", suggestions.length) : "";
  }

  function counted(kind, count) {
    return fill(words[`${kind}_${count === 1 ? "one" : "many"}`], { count });
  }

  // --- sending
  async function ask() {
    const retried = trouble.contains(document.activeElement);
    clearTrouble();
    const body = { message: fields.message.value, lang, page };
    for (const name of ["name", "email"]) if (fields[name].value.trim()) body[name] = fields[name].value.trim();
    if (!body.message.trim()) return blame("message", words.errors_missing);
    busy(sendButton, true);
    try {
      const sent = request(body);
      const ticket = await post("/api/tickets", sent.body, { "Idempotency-Key": sent.key });
      clearForm();
      question.asked(ticket);
    } catch (error) {
      if (error instanceof Refused) blame(error.field, error.message);
      else showDown(body.message, error.told);
      if (retried) trouble.querySelector("button")?.focus();
    } finally {
      busy(sendButton, false);
    }
  }

  function clearForm() {
    keep(DRAFT, null);
    form.reset();
    clearTimeout(timer);
    running?.abort();
    showTyping([]);
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

  /** The text stays in the form; `told` is what the server says, when it was reached. */
  function showDown(message, told) {
    const mail = new URLSearchParams({ subject: fill(words.mail_subject, words), body: message });
    const href = `mailto:${words.mail_address}?${String(mail).replaceAll("+", "%20")}`;
    trouble.replaceChildren(
      make("strong", {}, words.down_title),
      make("p", {}, told || words.down_lead),
      make(
        "p",
        { class: "hl-actions" },
        make("button", { class: "hl-button", type: "button", onclick: ask }, words.retry),
        make("a", { class: "hl-button", href }, words.mail),
      ),
    );
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
  question.restore();
  addEventListener("pageshow", (event) => event.persisted && question.restore());
})();

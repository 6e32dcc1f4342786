// The form "Still need help?": suggestions while typing, and sending. What comes after it stands in question.js.
"use strict";
window.helpleaf.onPage(({ root, signal }) => {
  const box = root.querySelector("[data-hl-ask]");
  if (!box) return;
  const { Refused, api, busy, copyButton, excerpt, fill, keep, make, placeOf, post, recall, titleLink, words } = window.helpleaf;
  const PAUSE = 300; // milliseconds without a key before suggestions are fetched
  const LONGEST_QUERY = 500;
  const LONGEST_MAIL = 1900; // characters of an address that every mail program takes
  const WEEK = 7 * 24 * 60 * 60 * 1000; // the milliseconds that a draft is kept
  const KEPT = ["message", "name", "email"];
  const SENT = "helpleaf.sent"; // {key, page, print} of what this tab sent last: nothing of its text
  const RIPE = 12 * 60 * 60 * 1000; // the milliseconds after which a form that was begun is begun anew
  const RIPENING = 10 * 1000; // and those in which a refused one isn't
  const HANDED = "helpleaf.words"; // words for the contact page's form, from the search

  const form = box.querySelector("[data-hl-form]");
  const fields = form.elements;
  const typing = box.querySelector("[data-hl-typing]");
  const announcer = box.querySelector("[data-hl-announce]");
  const trouble = box.querySelector("[data-hl-trouble]");
  const sendButton = box.querySelector("[data-hl-send]");
  const lang = fields.lang.value;
  const page = fields.page.value;
  const DRAFTS = "helpleaf.draft:";
  const DRAFT = DRAFTS + placeOf(page);
  const question = window.helpleaf.question(box, () => fields.message.focus());

  // --- what is kept in the browser until it is sent
  function keepDraft(sent) {
    const draft = Object.fromEntries(KEPT.map((name) => [name, fields[name].value]));
    const before = recall(DRAFT, "localStorage");
    const written = Object.values(draft).some(Boolean);
    keep(DRAFT, written ? { ...draft, sent: sent ?? before?.sent, at: Date.now() } : null, "localStorage");
  }

  function forgetOldDrafts() {
    try {
      for (const name of Object.keys(localStorage).filter((each) => each.startsWith(DRAFTS))) {
        const age = Date.now() - recall(name, "localStorage")?.at;
        if (!(age < WEEK)) keep(name, null, "localStorage");
      }
    } catch {
      // A browser that keeps nothing has nothing to forget.
    }
  }

  function fillDraft() {
    forgetOldDrafts();
    const draft = recall(DRAFT, "localStorage");
    for (const name of KEPT) {
      if (typeof draft?.[name] === "string" && !fields[name].value) fields[name].value = draft[name];
    }
    if (draft) begin();
  }

  /** Put words into the form that were written elsewhere, after those that stand there. */
  function add(text) {
    fields.message.value = [fields.message.value.trimEnd(), text].filter(Boolean).join("\n\n");
    begin();
    keepDraft();
    suggest();
  }

  function takeHanded() {
    const text = placeOf(page) === question.CONTACT && recall(HANDED);
    if (!text) return;
    keep(HANDED, null);
    if (typeof text !== "string") return;
    if (!fields.message.value.trim()) add(text);
  }

  /** What makes a retry a retry: the same text has the same key and page, so that it never makes a second ticket. */
  function request(body) {
    const print = window.__md_hash(JSON.stringify(KEPT.map((name) => body[name])));
    const isKnown = (one) => one?.print === print && [one.key, one.page].every((each) => typeof each === "string");
    const known = [recall(SENT), recall(DRAFT, "localStorage")?.sent].find(isKnown);
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const sent = known ?? { key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""), page, print };
    keep(SENT, sent);
    keepDraft(sent);
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
      const reply = await fetch(api(`/api/suggestions?${query}`), { signal: running.signal });
      if (reply.ok) showTyping((await reply.json()).suggestions);
    } catch {
      // Writing goes on without suggestions.
    }
  }

  /** Suggestions stand after the button: nothing moves under the hand that writes or presses it. */
  function showTyping(suggestions) {
    const ids = suggestions.map(({ id, lang: own }) => `${id}:${own}`).join();
    const looks = JSON.stringify(suggestions.map(({ url, marked }) => [url, marked]));
    if (looks === shown) return;
    shown = looks;
    const place = Array.from(typing.querySelectorAll("a")).indexOf(document.activeElement);
    typing.hidden = !ids;
    typing.replaceChildren(
      make("p", { class: "hl-kicker" }, words.typing_title),
      make("ul", {}, ...suggestions.map((one) => make("li", {}, titleLink(one), excerpt(one)))),
    );
    if (place >= 0) (Array.from(typing.querySelectorAll("a")).slice(0, place + 1).pop() ?? sendButton).focus();
    if (ids === announced) return; // only the words marked are others
    announced = ids;
    announcer.textContent = ids ? counted("found", suggestions.length) : "";
  }

  function counted(kind, count) {
    return fill(words[`${kind}_${count === 1 ? "one" : "many"}`], { count });
  }

  // --- the server's token for a form that was begun: a question without one counts as a program's, and is taken all the same
  let begun = null; // {token, at}

  function begin() {
    if (begun && Date.now() - begun.at < RIPE) return;
    const asked = { at: Date.now(), token: "" };
    begun = asked;
    fetch(api("/api/form"), { signal: AbortSignal.timeout(8000) })
      .then((reply) => reply.json())
      .then(({ form: token }) => (asked.token = String(token)))
      .catch(() => begun === asked && (begun = null));
  }

  // --- sending
  async function ask() {
    const retried = trouble.contains(document.activeElement);
    clearTrouble();
    const body = { message: fields.message.value, lang };
    if (fields.topic.value) body.topic = fields.topic.value;
    for (const name of ["name", "email"]) if (fields[name].value.trim()) body[name] = fields[name].value.trim();
    const faults = findFaults(body);
    if (faults.length) return blame(faults);
    busy(sendButton, true);
    try {
      const sent = request(body);
      const form = begun?.token ? { form: begun.token } : {};
      const ticket = await post("/api/tickets", { ...body, ...form, page: sent.page }, { "Idempotency-Key": sent.key });
      begun = null;
      question.asked(ticket);
      clearForm();
    } catch (error) {
      const faulty = error instanceof Refused && KEPT.includes(error.field);
      // One that was refused for its age becomes good by waiting; any other may be used up.
      if (!(error instanceof Refused) || Date.now() - begun?.at > RIPENING) begun = null;
      begin();
      if (faulty) blame([[error.field, error.message]]);
      else showDown(body.message, error instanceof Refused ? error.message : error.told);
      if (retried) trouble.querySelector("button")?.focus();
    } finally {
      busy(sendButton, false);
    }
  }

  /** What the server would certainly refuse, as pairs of a field and a sentence. */
  function findFaults({ message, email }) {
    const faults = [];
    if (!/[^\s\0-\x20\x7f-\xa0]/.test(message)) faults.push(["message", words.errors_missing]);
    if (email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) faults.push(["email", fill(words.errors_bad_email, { value: email })]);
    return faults;
  }

  function clearForm() {
    keep(DRAFT, null, "localStorage");
    form.reset();
    clearTimeout(timer);
    running?.abort();
    showTyping([]);
  }

  function blame(faults) {
    for (const [name, sentence] of faults) {
      const place = box.querySelector(`[data-hl-error="${name}"]`);
      place.textContent = sentence;
      place.hidden = false;
      fields[name].setAttribute("aria-invalid", "true");
      fields[name].setAttribute("aria-describedby", place.id);
    }
    fields[faults[0][0]].focus();
  }

  function clearError(name) {
    box.querySelector(`[data-hl-error="${name}"]`).hidden = true;
    fields[name].removeAttribute("aria-invalid");
    fields[name].removeAttribute("aria-describedby");
  }

  function clearTrouble() {
    trouble.replaceChildren();
    KEPT.forEach(clearError);
  }

  /** An e-mail that holds the text, or as much of its beginning as mail programs take. */
  function mailOf(message) {
    const to = encodeURIComponent(words.mail_address).replace("%40", "@");
    const subject = fill(words.mail_subject, words);
    const signs = Array.from(message.replaceAll("\n", "\r\n"));
    const holding = (body) => `mailto:${to}?${String(new URLSearchParams({ subject, body })).replaceAll("+", "%20")}`;
    let href = holding(signs.join(""));
    let length = signs.length;
    while (href.length > LONGEST_MAIL && length) {
      length = Math.floor(length * 0.9);
      href = holding(`${signs.slice(0, length).join("")} …`);
    }
    return { href, whole: length === signs.length };
  }

  /** The text stays in the form; `told` is what the server says, when it was reached. Mail is offered where there is any. */
  function showDown(message, told) {
    const hasMail = words.mail_address !== "";
    const { href, whole } = hasMail ? mailOf(message) : { whole: true };
    trouble.replaceChildren(
      make("strong", {}, words.down_title),
      make("p", {}, told || (hasMail ? words.down_lead : words.down_alone)),
      whole ? "" : make("p", {}, words.mail_cut),
      make(
        "p",
        { class: "hl-actions" },
        make("button", { class: "hl-button", type: "button", onclick: ask }, words.retry),
        hasMail && make("a", { class: "hl-button", href }, words.mail),
        !whole && copyButton(message, words.copy_text),
      ),
    );
  }

  // --- start
  form.noValidate = true;
  for (const kind of ["focusin", "pointerdown", "input"]) form.addEventListener(kind, begin, { passive: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sendButton.getAttribute("aria-disabled") !== "true") ask();
  });
  form.addEventListener("input", ({ target }) => {
    keepDraft();
    clearError(target.name);
  });
  for (const kind of ["input", "compositionend"]) {
    fields.message.addEventListener(kind, (event) => {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(suggest, PAUSE);
    });
  }
  // Words from the search stand in an empty field only; a comment that became a question is added to what stands there.
  for (const kind of ["helpleaf:ask", "helpleaf:add"]) {
    const take = ({ detail }) => {
      if (form.hidden) question.setAside();
      if (detail && (kind === "helpleaf:add" || !fields.message.value.trim())) add(detail);
      fields.message.focus();
    };
    document.addEventListener(kind, take, { signal });
  }
  addEventListener("pageshow", (event) => event.persisted && question.restore(), { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    running?.abort();
  });
  fillDraft();
  takeHanded();
  question.restore();
});

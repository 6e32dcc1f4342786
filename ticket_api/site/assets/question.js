// The question that was asked in this tab: the offer, what comes after it, and its secret link, kept until another is asked.
"use strict";
(() => {
  const { Failed, Refused, busy, excerpt, fill, keep, make, post, recall, titleLink, words } = window.helpleaf;
  const QUESTION = "helpleaf.question"; // {ticket, place, at, aside}: the API's last answer, where and when it was asked
  const CONTACT = "/contact/";
  const IMPATIENT = 3000; // milliseconds in which a click on the same spot still means the button that was there
  const SPOT = 24; // pixels

  let pressed = null; // where the pointer was last pressed
  document.addEventListener("click", ({ detail, clientX, clientY }) => detail && (pressed = { clientX, clientY }), true);

  /** Tells whether a click still means what stood there when this was called. */
  function impatience() {
    const since = performance.now();
    const spot = pressed;
    return ({ detail, clientX, clientY }) =>
      detail > 0 &&
      spot !== null &&
      performance.now() - since < IMPATIENT &&
      Math.hypot(clientX - spot.clientX, clientY - spot.clientY) < SPOT;
  }

  /** A page's path without its language. */
  const placeOf = (page) => (page.startsWith(`/${words.lang}/`) ? page.slice(words.lang.length + 1) : page);

  function link(ticket) {
    return [
      make("p", {}, words.link_lead),
      make("p", { class: "hl-link" }, make("a", { href: ticket.link }, ticket.link), copyButton(ticket.link, words.copy)),
    ];
  }

  function copyButton(text, label) {
    const button = make("button", { class: "hl-button", type: "button" }, label);
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = words.copied;
    });
    return button;
  }

  /** Whether an answer is a ticket: a network's sign-in page, for one, answers everything with something else. */
  function isTicket(answer) {
    return /^https?:/.test(answer?.link) && typeof answer.status === "string" && Array.isArray(answer.suggestions);
  }

  /** The part of a form's box that shows the question; `another` is called when something else shall be asked. */
  function question(box, another) {
    const form = box.querySelector("[data-hl-form]");
    const after = box.querySelector("[data-hl-after]");
    const reminder = box.querySelector("[data-hl-asked]");
    const place = placeOf(form.elements.page.value);

    function show(title, ...children) {
      const heading = make("h2", { tabindex: "-1" }, title);
      after.replaceChildren(heading, ...children, make("div", { class: "hl-trouble", role: "alert" }));
      form.hidden = true;
      reminder.hidden = true;
      after.hidden = false;
      return heading;
    }

    /** A button that changes the ticket; when that fails, it says so and can be pressed again. */
    function step(ticket, action, body, label, attributes = {}) {
      const token = new URL(ticket.link, location.href).pathname.split("/").filter(Boolean).pop();
      const button = make("button", { class: "hl-button", type: "button", ...attributes }, label);
      const impatient = impatience();
      button.addEventListener("click", async (event) => {
        if (button.getAttribute("aria-disabled") === "true" || impatient(event)) return;
        busy(button, true);
        try {
          const changed = await post(`/api/tickets/${encodeURIComponent(token)}/${action}`, body);
          if (!isTicket(changed)) throw new Failed("no ticket");
          keep(QUESTION, { ...recall(QUESTION), ticket: changed });
          showTicket(recall(QUESTION)).focus();
        } catch (error) {
          busy(button, false);
          const sentence = (error instanceof Refused && error.message) || words.step_down;
          after.lastElementChild.replaceChildren(make("p", {}, sentence));
        }
      });
      return button;
    }

    function showOffer(ticket) {
      const items = ticket.suggestions.slice(0, 3).map((one) =>
        make(
          "li",
          { class: "hl-offer" },
          make("h3", {}, titleLink(one, { target: "_blank", rel: "noopener", "aria-describedby": "hl-new-tab" })),
          excerpt(one),
          step(ticket, "solved", { article: one.id }, words.offer_solved, { "aria-label": fill(words.offer_solved_by, one) }),
        ),
      );
      return show(
        words.offer_title,
        make("p", {}, fill(words.offer_lead, words)),
        make("ul", { class: "hl-offers" }, ...items),
        make("p", { id: "hl-new-tab", hidden: "" }, words.offer_new_tab),
        make("p", { class: "hl-actions" }, step(ticket, "send", {}, words.offer_send), anotherButton()),
        ...link(ticket),
      );
    }

    function showSent(ticket) {
      return show(words.sent_title, ...link(ticket), make("p", { class: "hl-actions" }, anotherButton()));
    }

    function showSolved(ticket) {
      const undo = step(ticket, "undo", {}, words.ticket_undo);
      return show(
        words.solved_title,
        make("p", {}, words.solved_lead),
        make("p", { class: "hl-actions" }, undo, anotherButton()),
        ...link(ticket),
      );
    }

    /** The panel for what the API last said of the ticket, whichever button was pressed. Gives its heading. */
    function showTicket({ ticket, at }) {
      const silent = Date.now() - at >= words.minutes * 60000; // the server has sent it by then
      if (["deflected", "solved"].includes(ticket.status)) return showSolved(ticket);
      if (ticket.status === "offered" && ticket.suggestions.length && !silent) return showOffer(ticket);
      return showSent(ticket);
    }

    function showReminder({ ticket }) {
      reminder.replaceChildren(make("span", {}, words.asked), make("a", { href: ticket.link }, words.asked_link));
      after.hidden = true;
      form.hidden = false;
      reminder.hidden = false;
    }

    /** Show the form again, and the question in one line. */
    function setAside() {
      keep(QUESTION, { ...recall(QUESTION), aside: true });
      restore();
    }

    function anotherButton() {
      const onclick = () => {
        setAside();
        another();
      };
      return make("button", { class: "hl-button hl-button--plain", type: "button", onclick }, words.another);
    }

    /** Show a question that was just asked. Throws Failed when the answer is no ticket. */
    function asked(ticket) {
      if (!isTicket(ticket)) throw new Failed("no ticket");
      const last = recall(QUESTION);
      const at = last?.ticket?.id === ticket.id ? last.at : Date.now();
      keep(QUESTION, { ticket, place, at });
      showTicket(recall(QUESTION)).focus();
    }

    /** Show what this tab remembers, without moving the focus: whole where it was asked, else in one line. */
    function restore() {
      const kept = recall(QUESTION);
      if (!isTicket(kept?.ticket)) return;
      try {
        if (!kept.aside && [kept.place, CONTACT].includes(place)) showTicket(kept);
        else showReminder(kept);
      } catch {
        keep(QUESTION, null); // not what we keep today
      }
    }

    return { CONTACT, asked, restore, setAside };
  }

  Object.assign(window.helpleaf, { copyButton, placeOf, question });
})();

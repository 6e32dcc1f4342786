// A ticket's page: keys, drafts that are kept while one types, and the reply as it will look. All else works without.
"use strict";
(() => {
  const form = document.getElementById("reply");
  const field = form.elements.namedItem("message");
  const button = (key) => document.querySelector(`[data-key="${key}"]`);
  const press = (key) => () => button(key)?.click();
  const soon = (act, pause) => {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, pause);
    };
  };
  const post = (path, values, more = {}) =>
    fetch(path, { method: "POST", body: new URLSearchParams(values), ...more });

  const put = (words) => {
    const before = field.value.slice(0, field.selectionStart);
    const gap = !before.trim() || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    field.setRangeText(gap + words, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    field.scrollTop = field.scrollHeight;
  };

  const focusReply = () => {
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  };

  const openNote = () => {
    const menu = button("n");
    if (!menu) return;
    menu.open = true;
    form.elements.namedItem("note").focus();
  };

  const chooseSaved = () => {
    const choice = button("m");
    choice?.focus();
    choice?.showPicker?.();
  };

  const send = (key) => () => {
    if (document.activeElement?.id === "note") return form.querySelector("[value=note]").click();
    button(key)?.click();
  };

  // The order of the queue is that of its page, as it was last seen in this tab.
  const neighbour = (step) => {
    const { at = "/desk", ids = [] } = JSON.parse(sessionStorage.getItem("helpleaf.queue") ?? "{}");
    const place = ids.indexOf(location.pathname);
    location.assign((place < 0 ? ids[0] : ids[place + step]) ?? at);
  };

  const KEYS = {
    j: () => neighbour(1),
    k: () => neighbour(-1),
    r: focusReply,
    n: openNote,
    a: press("a"),
    i: press("i"),
    m: chooseSaved,
    f: press("f"),
    s: press("s"),
    u: press("u"),
    "/": () => location.assign("/desk#q"),
    "?": () => document.getElementById("keys").showModal(),
    "Ctrl+Enter": send("send"),
    "Ctrl+Shift+Enter": send("send-solved"),
  };

  const named = ({ key, ctrlKey, metaKey, shiftKey, altKey }) => {
    if (altKey) return "";
    return ctrlKey || metaKey ? `Ctrl+${shiftKey ? "Shift+" : ""}${key}` : key;
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const name = named(event);
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (typing && name === "Escape") event.target.blur();
    if ((typing && !name.startsWith("Ctrl+")) || !Object.hasOwn(KEYS, name)) return;
    event.preventDefault();
    KEYS[name]();
  });

  for (const [chosen, act] of [["#priority", "prioritise"], ["#category", "categorise"]]) {
    const choice = document.querySelector(chosen);
    choice?.addEventListener("change", () => form.requestSubmit(document.querySelector(`[value=${act}]`)));
  }
  for (const each of document.querySelectorAll("[data-plain]")) each.hidden = true;

  if (field) {
    for (const each of document.querySelectorAll("button[data-put]")) {
      each.addEventListener("click", (event) => {
        event.preventDefault();
        put(each.dataset.put);
      });
    }
    button("m")?.addEventListener("change", ({ target }) => {
      const words = target.selectedOptions[0]?.dataset.put;
      if (words) put(words);
      target.value = "";
    });

    // The reply as it will look, rendered by the server.
    const preview = document.getElementById("preview");
    const opener = form.querySelector("[value=preview]");
    const show = async () => {
      if (preview.hidden) return;
      const answer = await post("/desk/preview", { message: field.value }).catch(() => null);
      if (answer?.ok) preview.innerHTML = await answer.text();
    };
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      preview.hidden = !preview.hidden;
      opener.setAttribute("aria-expanded", String(!preview.hidden));
      show();
    });
    field.addEventListener("input", soon(show, 250));

    // Drafts. One request at a time; what another window wrote is shown, and neither is lost.
    const said = form.querySelector("[data-kept]");
    const other = form.querySelector("[data-other]");
    let number = Number(form.dataset.draft);
    let stored = field.value;
    let busy = false;
    let leaving = false;
    const keep = async () => {
      if (busy || leaving || field.value === stored) return;
      busy = true;
      const message = field.value;
      try {
        const answer = await post(`/desk/tickets/${form.dataset.ticket}/draft`, { message, number }, { keepalive: true });
        const told = await answer.json();
        if (answer.ok) stored = message;
        if (answer.ok || answer.status === 409) number = told.number;
        if (answer.status === 409) {
          other.querySelector("p").textContent = told.told;
          other.querySelector("blockquote").textContent = told.text;
          other.hidden = false;
          stored = message;
        }
        said.textContent = answer.ok && field.value === message ? said.dataset.said : "";
      } catch {
        said.textContent = "";
      }
      busy = false;
      if (field.value !== message) later();
    };
    const later = soon(keep, 600);
    field.addEventListener("input", () => {
      said.textContent = "";
      later();
    });
    other.querySelector("button").addEventListener("click", () => {
      field.value = other.querySelector("blockquote").textContent;
      stored = field.value;
      other.hidden = true;
      focusReply();
    });
    form.addEventListener("submit", () => {
      leaving = true;
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) location.reload(); // what is stored may be newer than what this page remembers
    });
    addEventListener("pagehide", keep);
  }

  if (location.hash === "#reply") focusReply();
})();

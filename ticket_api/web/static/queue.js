// The queue by keyboard, and kept up to date while it is looked at. Without a script all of it works by pages.
"use strict";
(() => {
  const EVERY = 10000; // milliseconds between two looks while the page is seen, and
  const HIDDEN_EVERY = 60000; // while it isn't: the number in the title is right all the same
  let chosen = -1;
  let timer;
  const place = () => document.getElementById("queue");
  const rows = () => [...document.querySelectorAll(".row")];
  const link = (row) => row?.querySelector("a");
  const tick = (row) => row?.querySelector("input[type=checkbox]");

  function choose(number) {
    const all = rows();
    if (!all.length) return;
    chosen = Math.max(0, Math.min(number, all.length - 1));
    all.forEach((row, index) => row.classList.toggle("chosen", index === chosen));
    link(all[chosen]).focus({ preventScroll: true });
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  const open = (hash = "") => {
    const there = link(rows()[Math.max(chosen, 0)]);
    if (there) location.assign(there.href + hash);
  };

  /** What is ticked is done; with nothing ticked, the chosen one. */
  function act(what) {
    const all = rows();
    if (!all.some((row) => tick(row).checked) && all[chosen]) tick(all[chosen]).checked = true;
    if (all.some((row) => tick(row).checked)) document.querySelector(`#picked button[value=${what}]`).click();
  }

  function toggle() {
    const box = tick(rows()[chosen]);
    if (box) box.checked = !box.checked;
    count();
  }

  const KEYS = {
    j: () => choose(chosen + 1),
    k: () => choose(chosen - 1),
    o: () => open(),
    Enter: () => open(),
    r: () => open("#reply"),
    s: () => act("solve"),
    x: toggle,
    "/": () => document.getElementById("q").select(),
    "?": () => document.getElementById("keys").showModal(),
  };

  function onKey(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (target.matches("input:not([type=checkbox]), textarea, select")) {
      if (key === "Escape") target.blur();
      return;
    }
    if (!Object.hasOwn(KEYS, key) || (key === "Enter" && target.matches("a, button, summary"))) return;
    event.preventDefault();
    KEYS[key]();
  }

  /** How many are ticked stands beside what can be done to them. */
  function count() {
    const number = rows().filter((row) => tick(row).checked).length;
    document.getElementById("picked")?.classList.toggle("some", number > 0);
  }

  function remember() {
    const ids = rows().map((row) => new URL(link(row).href).pathname);
    sessionStorage.setItem("helpleaf.queue", JSON.stringify({ at: location.pathname + location.search, ids }));
  }

  /** The page anew, with what was ticked, chosen and typed. */
  function replace(fresh) {
    const ticked = new Set(rows().filter((row) => tick(row).checked).map((row) => tick(row).name));
    const focused = document.activeElement?.closest(".row") ? link(rows()[chosen])?.href : null;
    const field = document.getElementById("q");
    const typing = document.activeElement === field;
    const words = field.value;
    for (const part of [".views", ".list"]) {
      const [old, now] = [place().querySelector(part), fresh.querySelector(`#queue ${part}`)];
      if (part === ".list" && typing) {
        old.querySelector("#picked, .empty")?.replaceWith(now.querySelector("#picked, .empty") ?? "");
      } else old.replaceWith(now);
    }
    if (!typing) document.getElementById("q").value = words;
    place().dataset.known = fresh.querySelector("#queue").dataset.known;
    document.title = fresh.title;
    for (const row of rows()) tick(row).checked = ticked.has(tick(row).name);
    const at = rows().findIndex((row) => link(row).href === focused);
    if (at >= 0) choose(at);
    ready();
  }

  async function look() {
    const address = new URL(location.href);
    address.searchParams.set("known", place().dataset.known);
    address.searchParams.delete("done");
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, redirect: "error" });
      if (answer.status === 200) replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // the server is away, or the session has ended: the next press of a key will tell
    }
    wait();
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(look, document.hidden ? HIDDEN_EVERY : EVERY);
  }

  function ready() {
    const button = document.querySelector("[data-keys]");
    button.hidden = false;
    button.addEventListener("click", KEYS["?"]);
    document.getElementById("picked")?.addEventListener("change", count);
    count();
    remember();
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", () => (document.hidden ? wait() : look()));
  addEventListener("helpleaf:look", look);
  ready();
  wait();
})();

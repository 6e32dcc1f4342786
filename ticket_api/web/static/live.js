// Reloads an open page of the help site when it was built anew. Only the owner's own machine is sent this.
"use strict";
(async ({ built, changes }) => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1000));
  for (;;) {
    try {
      const reply = await fetch(`${changes}?since=${encodeURIComponent(built)}`);
      const now = (await reply.json()).built;
      if (now && now !== built) return location.reload();
    } catch {
      await pause(); // the server ended, and may come back
    }
  }
})(document.currentScript.dataset);

// Before a page is printed: where its links lead, which paper can't tell, and what is folded away.
"use strict";
addEventListener("beforeprint", () => {
  const elsewhere = ".md-typeset a[href]:not(.headerlink, [href^='#'], [href^='mailto:'], [href^='tel:'])";
  for (const link of document.querySelectorAll(elsewhere)) link.dataset.hlAddress = link.href;
  for (const box of document.querySelectorAll(".md-typeset details")) box.open = true;
});

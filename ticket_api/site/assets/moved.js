// On the page of a former address: go where the article is now, and to the same heading there.
"use strict";
location.replace(document.currentScript.dataset.to + location.hash);

// What makes the page more convenient; all of it works without.
"use strict";
for (const item of document.querySelectorAll(".js")) item.hidden = false;
for (const button of document.querySelectorAll("button.copy")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const cited = document.getElementById(button.dataset.copy);
    const link = new URL(cited.dataset.link, location.href).href;
    const about = cited.textContent.replace(cited.dataset.link, link).trim();
    await copy(`“${cited.dataset.quote}”\n${about}`);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
async function copy(text) {
  // Only https and this very machine have the clipboard's own interface.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
const marked = document.getElementById("trich");
if (marked && location.hash === "#trich") marked.focus();

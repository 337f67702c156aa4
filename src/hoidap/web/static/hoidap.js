// What makes the page more convenient; all of it works without.
"use strict";
for (const item of document.querySelectorAll(".js")) item.hidden = false;
// Read out when something was copied.
const status = document.createElement("p");
status.setAttribute("role", "status");
status.className = "visually-hidden";
document.querySelector("main").append(status);
for (const button of document.querySelectorAll("button.copy")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const cited = document.getElementById(button.dataset.copy);
    const link = cited.querySelector("a");
    // Behind a proxy only the browser knows for certain how this site is reached.
    const about = cited.textContent.replace(link.textContent, link.href).trim();
    await copy(`“${cited.dataset.quote}”\n${about}`);
    status.textContent = button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; status.textContent = ""; }, 2000);
  });
}
async function copy(text) {
  // Only https and this very machine have the clipboard's own interface, and it may be forbidden.
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    before.focus();
  }
}
const marked = document.getElementById("trich");
if (marked && location.hash === "#trich") marked.focus();
// What takes long tells how far it is, until it is done.
const waiting = document.querySelector("[data-refresh]");
if (waiting) setTimeout(refresh, 2000);
async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  const text = answer && answer.ok ? await answer.text() : "";
  const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-refresh]");
  if (text && !found) return location.reload();
  if (found) waiting.replaceChildren(...found.childNodes);
  setTimeout(refresh, 2000);
}

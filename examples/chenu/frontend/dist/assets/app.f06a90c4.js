const list = document.querySelector(".threads");
const health = document.querySelector(".health");
const notice = document.querySelector(".notice");
const form = document.querySelector("form");

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

async function showHealth() {
  const found = await fetch("/api/health")
    .then((response) => response.json())
    .catch(() => ({}));
  const parts = ["database", "redis"].map((part) => element("li", part, found[part] === "ok" ? "ok" : "away"));
  health.replaceChildren(
    ...parts,
    element("li", found.version ? `release ${found.version}` : "no answer", found.version ? "ok" : "away"),
  );
}

function threadItem(thread) {
  const item = document.createElement("li");
  const when = new Date(thread.created_at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  item.append(
    element("h2", thread.title),
    element("p", thread.founding_intent),
    element("small", `${thread.sphere_id} · ${when}`),
  );
  return item;
}

async function showThreads() {
  const response = await fetch("/api/v1/threads").catch(() => undefined);
  if (!response?.ok) {
    notice.textContent = "The threads can't be read right now.";
    return;
  }
  const threads = await response.json();
  notice.textContent = "";
  list.replaceChildren(...threads.map(threadItem));
  if (threads.length === 0) list.append(element("li", "No threads yet. Begin one above.", "empty"));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch("/api/v1/threads", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  }).catch(() => undefined);
  if (response?.ok) {
    form.reset();
    await showThreads();
  } else {
    notice.textContent = "The thread wasn't saved. Try again in a moment.";
  }
});

showHealth();
showThreads();
setInterval(showHealth, 10_000);

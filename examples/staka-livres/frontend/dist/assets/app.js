const form = document.querySelector("form");
const notice = document.querySelector(".notice");
const list = document.querySelector(".commandes");

function item({ titre, pages, statut }) {
  const made = document.createElement("li");
  made.textContent = `${titre}, ${pages} pages : ${statut.toLowerCase().replace("_", " ")}`;
  return made;
}

async function show() {
  const response = await fetch("/api/commandes").catch(() => undefined);
  notice.textContent = response?.ok ? "" : "Les commandes ne peuvent pas être lues pour le moment.";
  if (response?.ok) list.replaceChildren(...(await response.json()).map(item));
}

async function order({ titre, email, pages, manuscrit }) {
  const response = await fetch("/api/commandes", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ titre, email, pages: Number(pages) }),
  });
  if (!response.ok) return false;
  const { id } = await response.json();
  const path = `/api/commandes/${id}/fichiers/${encodeURIComponent(manuscrit.name)}`;
  return (await fetch(path, { method: "PUT", body: manuscrit })).ok;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await order(Object.fromEntries(new FormData(form))).catch(() => false)) {
    form.reset();
    await show();
  } else {
    notice.textContent = "La commande n'est pas enregistrée. Réessayez dans un instant.";
  }
});

show();

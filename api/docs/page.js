"use strict";

// Who reads the documentation needs a key, as for every other route; the page sends it with each
// request that it makes, and keeps it nowhere.
const entry = document.getElementById("entry");
const trouble = document.getElementById("trouble");
const header = entry.dataset.header;

entry.addEventListener("submit", async (event) => {
  event.preventDefault();
  trouble.textContent = "";
  const key = document.getElementById("key").value.trim();
  try {
    show(await description(key), key);
  } catch (error) {
    trouble.textContent = error.message;
  }
});

async function description(key) {
  const answer = await fetch("openapi.json", { headers: { [header]: key } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}

function show(spec, key) {
  entry.remove();
  SwaggerUIBundle({
    spec,
    dom_id: "#documentation",
    deepLinking: true,
    validatorUrl: null,
    requestInterceptor: (request) => {
      if (new URL(request.url, location.href).origin === location.origin) {
        request.headers[header] ??= key;
      }
      return request;
    },
  });
}

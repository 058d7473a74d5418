"use strict";

// In the head, before the first paint: otherwise a chosen theme would flash.
const THEME = "prost-theme";
const chosen = localStorage.getItem(THEME);
if (chosen) document.documentElement.dataset.theme = chosen;

function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem(THEME, root.dataset.theme);
}

function toast(message) {
  const box = document.querySelector(".toast");
  box.textContent = message;
  box.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { box.hidden = true; }, 4000);
}

async function explain(answer) {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail || `${answer.status} ${answer.statusText}`;
}

/** Replace the page's live parts by those of `url`, freshly rendered. */
async function load(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(await explain(answer));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelectorAll("[data-live]");
  document.querySelectorAll("[data-live]").forEach((part, index) => {
    if (fresh[index]) part.replaceChildren(...fresh[index].childNodes);
  });
}

function isBusy(part) {
  const selection = getSelection();
  return document.hidden || part.matches(":focus-within") || part.querySelector("details[open]") ||
    (!selection.isCollapsed && part.contains(selection.anchorNode));
}

function refreshRegularly(part) {
  setInterval(() => {
    if (!isBusy(part)) load(location.href).catch(() => {});
  }, Number(part.dataset.every) * 1000);
}

/** Search while typing, with the whole state in the address. */
function searchAsYouType(form) {
  let timer;
  const search = async () => {
    const values = [...new FormData(form)].filter(([, value]) => value !== "");
    const url = `${form.action.split("?")[0]}?${new URLSearchParams(values)}`;
    try {
      await load(url);
      history.replaceState(null, "", url);
      document.dispatchEvent(new CustomEvent("searched"));
    } catch (error) {
      toast(error.message);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 200);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
}

const MOST_LINES = 2000;

/** Append lines as they are written; texts only, never markup: lines are hostile. */
function followLog(box) {
  let source;
  const shape = document.getElementById("line");
  const add = (line) => {
    const log = document.querySelector("[data-log]");
    const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 80;
    const item = shape.content.firstElementChild.cloneNode(true);
    const time = new Date(line.time * 1000);
    const stamp = Number.isNaN(time.getTime()) ? String(line.time) : time.toISOString();
    item.classList.add(line.level, "fresh");
    item.dataset.id = line.id;
    item.querySelector("time").textContent = stamp.slice(11, 23);
    item.querySelector("time").dateTime = stamp;
    item.querySelector(".level").textContent = line.level;
    item.querySelector(".from").textContent = line.process || line.service;
    item.querySelector(".message").textContent = line.message;
    const fields = item.querySelector(".fields");
    const field = (name, value) => {
      const term = document.createElement("dt");
      const detail = document.createElement("dd");
      term.textContent = name;
      detail.append(value);
      fields.append(term, detail);
    };
    field("time", stamp);
    if (line.trace_id) {
      const link = document.createElement("a");
      link.href = `/traces/${encodeURIComponent(line.trace_id)}`;
      link.textContent = line.trace_id;
      field("trace", link);
    }
    for (const [name, value] of Object.entries(line.fields)) field(name, typeof value === "string" ? value : JSON.stringify(value));
    log.append(item);
    while (log.children.length > MOST_LINES) log.firstElementChild.remove();
    document.querySelector("[data-log-empty]").hidden = true;
    if (atEnd) scrollTo(0, document.body.scrollHeight);
  };
  const follow = () => {
    source?.close();
    if (!box.checked) return;
    const url = new URL("/api/logs/stream", location.href);
    url.search = location.search;
    url.searchParams.delete("before");
    url.searchParams.set("after", document.querySelector("[data-log]").lastElementChild?.dataset.id || "0");
    source = new EventSource(url);
    source.onmessage = (event) => add(JSON.parse(event.data));
  };
  box.addEventListener("change", () => {
    if (box.checked && new URLSearchParams(location.search).has("before")) location.search = "";
    else follow();
  });
  document.addEventListener("searched", follow);
  follow();
  if (box.checked) scrollTo(0, document.body.scrollHeight);
}

/** A button that sends `METHOD /path` and shows what comes of it. */
async function send(button) {
  if (button.dataset.confirm && !confirm(button.dataset.confirm)) return;
  const [method, url] = button.dataset.request.split(" ");
  const body = button.dataset.body;
  button.disabled = true;
  try {
    const answer = await fetch(url, { method, body, headers: body ? { "Content-Type": "application/json" } : {} });
    if (!answer.ok) throw new Error(await explain(answer));
    button.blur();
    if (button.dataset.then) location.assign(button.dataset.then);
    else {
      toast(button.dataset.done || "Done");
      await load(location.href);
    }
  } catch (error) {
    toast(error.message);
  } finally {
    button.disabled = false;
  }
}

async function issueToken(form) {
  const values = new FormData(form);
  const answer = await fetch("/issuer/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      sub: values.get("sub"), roles: values.getAll("roles"), audience: form.dataset.token,
      expires_in: Number(values.get("expires_in")),
    }),
  });
  if (!answer.ok) return toast(await explain(answer));
  const token = (await answer.json()).access_token;
  const curl = document.querySelector("[data-token-curl]");
  document.querySelector("[data-token-text]").textContent = token;
  curl.textContent = `curl -H "Authorization: Bearer ${token}" ${curl.dataset.gateway}/api/catalog/products`;
  document.querySelector("[data-token-result]").hidden = false;
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("[data-theme-toggle]").addEventListener("click", toggleTheme);
  document.querySelectorAll("[data-every]").forEach(refreshRegularly);
  document.querySelectorAll("form.filters").forEach(searchAsYouType);
  document.querySelectorAll("[data-follow]").forEach(followLog);
  document.querySelectorAll("[data-token]").forEach((form) => form.addEventListener("submit", (event) => {
    event.preventDefault();
    issueToken(form);
  }));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.request) send(button);
    if (button?.dataset.copy) {
      navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent).then(() => toast("Copied"));
    }
  });
});

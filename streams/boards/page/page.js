import { knownBoards } from "./ask.js";
import { el, hrefOf } from "./dom.js";
import * as rows from "./rows.js";
import * as views from "./views.js";
import { current, other, titleOf, word } from "./words.js";

const MOST_CARDS = 200;
const main = document.getElementById("main");
const statusLine = document.getElementById("status");
const why = el("div", { id: "why", role: "tooltip", hidden: true });
document.body.append(why);
let number = 0, stream = null, last = "", lostAt = null, told = null, waiting = null;

const asked = () => {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: (path || "live").split("/").map(decodeURIComponent), parameters: Object.fromEntries(new URLSearchParams(query ?? "")) };
};

const go = (path, parameters = {}) => { location.hash = hrefOf([...path, parameters]); };

function view({ path: [name, one, two], parameters }) {
  if (name === "board") return rows.board(one, parameters, go);
  if (name === "row") return rows.row(one, two);
  if (name === "report") return views.report(one);
  if (name === "reports") return views.reports(parameters);
  if (name === "paragraph") return views.paragraph(one);
  if (name === "search") return views.search(one);
  return views.live();
}

async function show(quietly = false) {
  const mine = ++number, place = asked();
  clearTimeout(waiting);
  try {
    const made = await view(place);
    if (mine !== number) return;
    if (quietly && document.activeElement.matches("main :is(input, select)")) return;
    const wasOpen = quietly && main.querySelector("details")?.open;
    main.replaceChildren(...made.flat(Infinity).filter((part) => part !== null && part !== ""));
    if (wasOpen) main.querySelector("details")?.setAttribute("open", "");
    if (place.path[0] === "live") last = last || document.getElementById("feed").dataset.last;
    document.title = `${main.querySelector("h1")?.textContent ?? ""} · ${word("title")}`;
    if (!quietly) { window.scrollTo(0, 0); main.focus({ preventScroll: true }); }
  } catch (error) {
    if (mine !== number) return;
    const rebuilding = error.status === 503;
    if (!quietly || rebuilding) main.replaceChildren(el("p", { class: "problem", role: "alert" }, rebuilding ? standing(error.told) : `${error.status === 404 ? word("not_found") : word("failed")}: ${error.message}`));
    if (rebuilding || error.status === undefined) waiting = setTimeout(() => show(true), 1000);
  }
  navigation(place);
}

// Somebody is at something in the view, or has asked for more of it than is shown at first.
const busy = () => (document.activeElement !== main && main.contains(document.activeElement)) || main.querySelectorAll("tbody tr").length > 50;

async function navigation({ path: [name, one] }) {
  const fixed = [["live"], ["reports"]];
  let known = [];
  try { known = await knownBoards(); } catch { /* the status says why */ }
  const links = [[fixed[0], word("live")], ...known.map((each) => [["board", each.name], titleOf(each.title)]), [fixed[1], word("reports")]];
  document.getElementById("nav").replaceChildren(...links.map(([path, text]) => {
    const here = path[0] === name && (path[1] ?? one) === one;
    return el("a", { href: "#/" + path.join("/"), "aria-current": here ? "page" : null }, text);
  }));
  document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

const standing = ({ state, percent, standstill }) => standstill ? word("standstill") : (state === "rebuilding" ? `${word("rebuilding")} ${percent} %` : word(state === "live" ? "is_live" : state ?? "starting"));

function showStatus() {
  const since = (moment) => new Date(moment).toLocaleTimeString(current());
  const away = told?.kafka_away;
  const text = lostAt ? `${word("lost")} ${since(lostAt)}` : away ? `${word("kafka_away")} ${since(away.since)}` : told ? standing(told) : word("starting");
  statusLine.textContent = told?.refused && !lostAt ? `${text} · ${told.refused} ${word("unreadable")}` : text;
  statusLine.title = (!lostAt && told?.standstill) || "";
  statusLine.className = lostAt || away || told?.standstill ? "bad" : told?.state === "live" ? "" : "busy";
}

function arrived(one) {
  const feed = document.getElementById("feed");
  if (!feed) return;
  document.getElementById("none")?.remove();
  feed.prepend(views.card(one, true));
  while (feed.childElementCount > MOST_CARDS) feed.lastElementChild.remove();
}

function listen() {
  // A browser resumes by itself; after it has given up, we do, with the last id that came.
  stream?.close();
  stream = new EventSource("/events" + (last ? `?last=${encodeURIComponent(last)}` : ""));
  const on = (name, act) => stream.addEventListener(name, (event) => { last = event.lastEventId || last; act(event.data ? JSON.parse(event.data) : {}); });
  stream.onopen = () => {
    if (lostAt) { lostAt = null; showStatus(); statusLine.textContent = `${word("resumed")} · ${statusLine.textContent}`; }
  };
  stream.onerror = () => {
    lostAt = lostAt ?? Date.now();
    showStatus();
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  };
  on("begin", () => {});
  on("status", (status) => {
    const before = told?.state;
    told = status;
    showStatus();
    if (before !== undefined && before !== status.state) show(true);
  });
  on("paragraph", arrived);
  on("skipped", ({ paragraphs }) => document.getElementById("feed")?.prepend(el("p", { class: "faint" }, `${paragraphs} ${word("skipped")}`)));
  on("reset", () => show(true));
  on("boards", ({ boards }) => { const { path } = asked(); if (path[0] === "board" && boards.includes(path[1]) && !busy()) show(true); });
}

function relabel() {
  document.documentElement.lang = current();
  const texts = { skip: "skip", name: "title", "q-label": "search", go: "search", language: "other_language" };
  for (const [id, name] of Object.entries(texts)) document.getElementById(id).textContent = word(name);
  document.getElementById("nav").setAttribute("aria-label", word("boards"));
  showStatus();
}

function explain(event) {
  const mark = event.target.closest?.("mark[data-why]");
  why.hidden = !mark || event.type === "mouseout" || event.type === "focusout";
  if (!why.hidden) {
    why.textContent = mark.dataset.why;
    mark.setAttribute("aria-describedby", "why");
  }
}

for (const kind of ["mouseover", "mouseout", "focusin", "focusout", "click"]) main.addEventListener(kind, explain);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") why.hidden = true;
  if (event.key === "/" && !event.target.matches("input, select")) { event.preventDefault(); document.getElementById("q").focus(); }
});
document.getElementById("language").addEventListener("click", () => { other(); relabel(); navigation(asked()); show(); });
document.getElementById("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = document.getElementById("q").value.trim();
  if (text) go(["search", text]);
});
window.addEventListener("hashchange", () => show());
// A browser has six connections to a host. What nobody sees gives its own back, and goes on from its last event later.
window.addEventListener("pagehide", () => stream?.close());
window.addEventListener("pageshow", (event) => event.persisted && listen());
document.addEventListener("visibilitychange", () => (document.hidden ? stream?.close() : listen()));
relabel();
show().then(listen);

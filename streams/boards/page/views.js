import { ask, knownBoards } from "./ask.js";
import { el, link, marked } from "./dom.js";
import { tiles } from "./plots.js";
import { pager } from "./rows.js";
import { chip, plain, readable } from "./values.js";
import { label, titleOf, word } from "./words.js";

const KINDS = [["speech", "speeches"], ["proposal", "proposals"], ["statistic", "statistics"], ["plan", "plans"]];
const SHOWN = ["speech", "proposal", "statistic", "plan", "other"];
const off = new Set();

const kindsOf = (kinds) => (kinds.length ? kinds : ["other"]).map(chip);

function source(one, named = true) {
  const title = one.report.title ?? one.report.id;
  return el("p", { class: "faint" }, kindsOf(one.kinds), named ? link(["report", one.report.id], title) : "",
    one.section && one.section !== one.report.title ? el("span", {}, `${named ? " · " : ""}${one.section}`) : "", " · ", link(["paragraph", one.id], word("journey")));
}

export function card(one, isNew = false) {
  const spans = one.spans.map(([kind, start, end]) => ({ kind, start, end, why: label(kind) }));
  const text = one.found ? marked(one.text, one.found.map(([start, end]) => ({ kind: "found", start, end }))) : marked(one.text, spans);
  return el("article", { class: `card ${one.primary}${isNew ? " new" : ""}`, "aria-label": one.report.title ?? one.report.id }, source(one), el("p", { class: "text", lang: "zh" }, text, one.cut ? "…" : ""));
}

// Which kinds the feed shows: a legend of the colours and a filter in one.
function legend(feed, counts) {
  const hide = () => { feed.dataset.off = [...off].join(" "); };
  hide();
  return el("p", { class: "kinds", role: "group", "aria-label": word("kinds") }, SHOWN.map((kind) => el("button", { type: "button", class: `chip ${kind}`, "aria-pressed": String(!off.has(kind)), onclick: (event) => {
    off.has(kind) ? off.delete(kind) : off.add(kind);
    event.currentTarget.setAttribute("aria-pressed", String(!off.has(kind)));
    hide();
  } }, label(kind), counts[kind] === undefined ? "" : ` ${counts[kind]}`)));
}

export async function live() {
  const [{ items, last }, { summary }] = await Promise.all([ask(["paragraphs"], { limit: 30 }), ask(["boards", "platform", "summary"])]);
  const list = el("div", { id: "feed", "data-last": last }, items.map((one) => card(one)));
  return [el("h1", {}, word("live")), el("p", { class: "faint" }, word("live_told")), tiles(Object.entries(summary.totals)), legend(list, summary.kinds), items.length ? "" : el("p", { id: "none" }, word("none_pushed")), list];
}

const told = (one) => Object.entries(one).filter(([name, value]) => !["start", "end", "text", "quote", "retracted"].includes(name) && value !== null && value !== "" && !(Array.isArray(value) && !value.length))
  .map(([name, value]) => `${label(name)}：${typeof value === "boolean" ? label(value ? "yes" : "no") : name.startsWith("value") ? readable(value) : plain(typeof value === "string" ? label(value) : value)}`).join("；");

function spansOf(paragraph) {
  return KINDS.flatMap(([kind, field]) => paragraph[field].map((one) => ({ kind, start: one.start, end: one.end, retracted: one.retracted,
    why: `${label(kind)}${one.retracted ? ` (${word("retracted")})` : ""} — ${told(one)}`, reason: told(one), text: one.text })));
}

const classOf = (one) => (one.retracted ? `${one.kind} retracted` : one.kind);

export async function report(id) {
  const answer = await ask(["reports", id], { limit: 100 });
  let section = answer.title;
  const show = (one) => {
    const heading = one.section && one.section !== section ? el("h2", { lang: "zh" }, one.section) : "";
    section = one.section ?? section;
    const body = el("section", { class: `card ${one.primary}`, "aria-label": `${word("paragraphs")} ${one.ordinal + 1}` },
      el("p", { class: "faint" }, kindsOf(one.kinds), link(["paragraph", one.id], word("journey"))), el("p", { class: "text", lang: "zh" }, marked(one.text, spansOf(one), classOf)));
    return el("div", {}, heading, body);
  };
  const list = el("div", {}, answer.items.map(show));
  const about = [answer.published, answer.genre, answer.source, `${answer.paragraphs} ${word("paragraphs")}`].filter(Boolean).join(" · ");
  return [el("h1", { lang: "zh" }, answer.title ?? answer.id), el("p", { class: "faint" }, about), el("p", { class: "faint" }, word("why_told"), " ", KINDS.map(([kind]) => chip(kind))), list, pager(["reports", id], { limit: 100 }, answer, list, show)];
}

export async function reports(parameters) {
  const answer = await ask(["reports"], parameters);
  const show = (one) => el("li", {}, link(["report", one.id], one.title ?? one.id), el("span", { class: "faint" }, ` ${[one.published, one.genre, `${one.paragraphs} ${word("paragraphs")}`].filter(Boolean).join(" · ")}`));
  const list = el("ul", { class: "reports" }, answer.items.map(show));
  return [el("h1", {}, word("reports")), el("p", { class: "faint" }, word("about_reports")), answer.items.length ? list : el("p", {}, word("none")), pager(["reports"], parameters, answer, list, show)];
}

export async function paragraph(id) {
  const one = await ask(["paragraphs", id]);
  const { journey } = one, spans = spansOf(one);
  const titles = Object.fromEntries((await knownBoards()).map((each) => [each.name, titleOf(each.title)]));
  const place = (at) => (at ? `${at.topic} · ${word("partition")} ${at.partition} · ${word("offset")} ${at.offset}` : "—");
  const moment = (at) => new Date(at).toISOString().replace("T", " ").replace(/\.\d+Z/, " UTC");
  const steps = [["pushed", moment(journey.pushed_at)], ["paragraph_topic", place(journey.paragraph)], ["version", journey.analysis_version], ["classified", `${place(journey.classified)} · ${moment(journey.classified.at)}`]];
  return [el("p", { class: "faint" }, link(["report", one.report.id], one.report.title ?? one.report.id), one.section ? ` · ${one.section}` : ""),
    el("h1", {}, word("journey")), el("p", { class: "text", lang: "zh" }, marked(one.text, spans, classOf)),
    el("ol", { class: "journey steps" }, steps.map(([name, text]) => el("li", {}, el("b", {}, word(name)), " ", text))),
    spans.length ? [el("h2", {}, word("items")), el("ul", { class: "plain" }, spans.map((span) => el("li", { class: `card ${span.kind}` }, el("p", {}, chip(span.kind), " ", el("span", { lang: "zh" }, span.text)), el("p", { class: "faint" }, span.reason))))] : "",
    one.rows.length ? [el("h2", {}, word("behind")), el("ul", {}, one.rows.map((each) => el("li", {}, link(["row", each.board, each.id], each.title), el("span", { class: "faint" }, ` ${titles[each.board]}`))))] : ""];
}

export async function search(text) {
  const answer = await ask(["search"], { q: text });
  const list = el("div", {}, answer.items.map((one) => card(one)));
  const words = answer.words?.length ? `${word("words_sought")} ${answer.words.join(" · ")}` : "";
  return [el("h1", {}, `${word("search")}: ${text}`), el("p", { class: "faint" }, words), answer.items.length ? list : el("p", {}, word("not_found")), pager(["search"], { q: text }, answer, list, (one) => card(one))];
}

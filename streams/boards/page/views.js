import { el, link, marked } from "./dom.js";
import { against, series, summaryPlots } from "./plots.js";
import { label, titleOf, word } from "./words.js";

const KINDS = [["speech", "speeches"], ["proposal", "proposals"], ["statistic", "statistics"], ["plan", "plans"]];
let boards = [];

export class Refused extends Error {
  constructor(status, told) { super(told?.detail ?? String(status)); this.status = status; this.told = told ?? {}; }
}

export async function ask(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
  const answer = await fetch("/api/" + path.map(encodeURIComponent).join("/") + (query ? "?" + query : ""));
  const told = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

export async function knownBoards() {
  if (!boards.length) boards = (await ask(["boards"])).items;
  return boards;
}

const kindsOf = (kinds) => (kinds.length ? kinds : ["other"]).map((kind) => el("span", { class: `kind ${kind}` }, label(kind)));

export function card(one, isNew = false) {
  const spans = one.spans.map(([kind, start, end]) => ({ kind, start, end, why: label(kind) }));
  const text = one.found ? marked(one.text, one.found.map(([start, end]) => ({ kind: "found", start, end }))) : marked(one.text, spans);
  return el("article", { class: `card ${one.primary}${isNew ? " new" : ""}`, "aria-label": one.report.title ?? one.report.id },
    el("p", { class: "faint" }, kindsOf(one.kinds), link(["report", one.report.id], one.report.title ?? one.report.id),
      one.section ? ` · ${one.section}` : "", " · ", link(["paragraph", one.id], word("journey"))),
    el("p", { class: "text", lang: "zh" }, text, one.cut ? "…" : ""));
}

export async function live() {
  const { items, last } = await ask(["paragraphs"], { limit: 30 });
  const list = el("div", { id: "feed", "data-last": last }, items.map((one) => card(one)));
  return [el("h1", {}, word("live")), el("p", { class: "faint" }, word("live_told")), items.length ? "" : el("p", { id: "none" }, word("none")), list];
}

function pager(path, parameters, answer, into, show) {
  if (!answer.next) return "";
  const button = el("button", { type: "button", onclick: async () => {
    const more = await ask(path, { ...parameters, cursor: answer.next });
    into.append(...more.items.map(show).filter(Boolean));
    button.replaceWith(pager(path, parameters, more, into, show));
  } }, word("more"));
  return button;
}

export async function board(name, parameters, go) {
  const about = (await knownBoards()).find((one) => one.name === name);
  if (!about) throw new Refused(404);
  const [answer, { summary }] = await Promise.all([ask(["boards", name], parameters), ask(["boards", name, "summary"])]);
  const columns = about.columns.filter((one) => !["series", "changes"].includes(one.name));
  const shown = (row) => el("tr", {}, el("td", {}, link(["row", name, row.id], row.title)), about.statuses.length ? el("td", {}, label(row.status ?? "")) : "",
    columns.map((one) => cell(one, row.fields[one.name])), el("td", {}, row.latest ?? ""));
  const body = el("tbody", {}, answer.items.map(shown));
  const heads = [word("row"), ...(about.statuses.length ? [word("status")] : []), ...columns.map((one) => titleOf(one.title)), word("latest")];
  const table = el("div", { class: "frame", tabindex: 0, role: "region", "aria-label": titleOf(about.title) },
    el("table", {}, el("caption", {}, `${word("total")} ${answer.total ?? ""}`), el("thead", {}, el("tr", {}, heads.map((one) => el("th", { scope: "col" }, one)))), body));
  const csv = "/api/boards/" + name + "?" + new URLSearchParams({ ...parameters, format: "csv", limit: 10000 });
  return [el("h1", {}, titleOf(about.title)), el("div", { class: "plots" }, summaryPlots(summary)), filters(about, parameters, go), table,
    pager(["boards", name], parameters, answer, body, shown), " ", el("a", { href: csv, download: `${name}.csv` }, word("csv"))];
}

function filters(about, parameters, go) {
  const status = about.statuses.length
    ? [el("label", {}, word("status"), el("select", { name: "status" }, ["", ...about.statuses].map((one) => el("option", { value: one, selected: parameters.status === one }, one ? label(one) : word("all")))))] : [];
  const fields = about.columns.filter((one) => one.filtered).map((one) => el("label", {}, titleOf(one.title), el("input", { name: one.name, value: parameters[one.name] ?? "", maxlength: 120 })));
  const text = el("label", {}, word("row"), el("input", { name: "q", value: parameters.q ?? "", maxlength: 120 }));
  return el("form", { class: "filters", onsubmit: (event) => {
    event.preventDefault();
    go(["board", about.name], Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value)));
  } }, text, status, fields, el("button", {}, word("filter")));
}

function cell(column, value) {
  if (value === null || value === undefined) return el("td", {});
  if (column.kind === "number") return el("td", { class: "number" }, String(value));
  return el("td", {}, Array.isArray(value) ? value.map(plain).join("、") : column.kind === "status" ? label(value) : plain(value));
}

function plain(value) {
  if (value === null || typeof value !== "object") return String(value ?? "");
  if (Array.isArray(value)) return value.map(plain).join("、");
  if ("window" in value) return `${value.window} ${value.count}`;
  return Object.entries(value).filter(([, one]) => one !== null && typeof one !== "object").map(([name, one]) => `${label(name)} ${one}`).join("，");
}

export async function row(name, id) {
  const [about, told] = [(await knownBoards()).find((one) => one.name === name), await ask(["boards", name, id])];
  if (!about) throw new Refused(404);
  const rows = about.columns.filter((one) => !["series", "changes"].includes(one.name))
    .map((one) => [titleOf(one.title), cell(one, told.fields[one.name]).textContent]).filter(([, text]) => text);
  if (told.status) rows.unshift([word("status"), label(told.status)]);
  const evidence = told.history.map((one) => el("li", { class: "card" },
    el("p", { class: "faint" }, one.at ?? "", " ", label(one.what), " · ", link(["report", one.evidence.report_id], one.evidence.report_title ?? one.evidence.report_id), " · ", link(["paragraph", one.evidence.paragraph_id], word("journey"))),
    el("p", { class: "text", lang: "zh" }, one.evidence.text)));
  const points = (told.fields.series ?? []).flatMap(({ period, values }) => values.filter((one) => period && one.value).map((one) => ({ period, value: Number(one.value), shown: one.shown })));
  const plots = [points.length > 1 ? series("series", points, told.fields.unit) : null, "target" in told.fields ? against(told.fields.target, told.fields.result) : null];
  return [el("p", { class: "faint" }, link(["board", name], titleOf(about.title))), el("h1", {}, told.title), el("div", { class: "plots" }, plots),
    el("dl", {}, rows.map(([head, text]) => [el("dt", {}, head), el("dd", {}, text)])), el("h2", {}, `${word("history")} (${told.count})`), el("ol", {}, evidence)];
}

const told = (one) => Object.entries(one).filter(([name, value]) => !["start", "end", "text", "quote", "retracted"].includes(name) && value !== null && value !== "" && !(Array.isArray(value) && !value.length))
  .map(([name, value]) => `${label(name)}: ${typeof value === "boolean" ? (value ? "✓" : "✗") : plain(value)}`).join("，");

function spansOf(paragraph) {
  return KINDS.flatMap(([kind, field]) => paragraph[field].map((one) => ({ kind, start: one.start, end: one.end, retracted: one.retracted,
    why: `${label(kind)}${one.retracted ? ` (${word("retracted")})` : ""} — ${told(one)}`, text: one.text })));
}

const classOf = (one) => (one.retracted ? `${one.kind} retracted` : one.kind);

export async function report(id) {
  const answer = await ask(["reports", id], { limit: 100 });
  const show = (one) => el("section", { class: `card ${one.primary}`, "aria-label": `${word("paragraphs")} ${one.ordinal}` },
    el("p", { class: "faint" }, kindsOf(one.kinds), one.section ? `${one.section} · ` : "", link(["paragraph", one.id], word("journey"))),
    el("p", { class: "text", lang: "zh" }, marked(one.text, spansOf(one), classOf)));
  const list = el("div", {}, answer.items.map(show));
  const about = [answer.published, answer.genre, answer.source, `${answer.paragraphs} ${word("paragraphs")}`].filter(Boolean).join(" · ");
  return [el("h1", { lang: "zh" }, answer.title ?? answer.id), el("p", { class: "faint" }, about), list, pager(["reports", id], { limit: 100 }, answer, list, show)];
}

export async function reports(parameters) {
  const answer = await ask(["reports"], parameters);
  const show = (one) => el("li", {}, link(["report", one.id], one.title ?? one.id), el("span", { class: "faint" }, ` ${[one.published, one.genre, one.paragraphs].filter(Boolean).join(" · ")}`));
  const list = el("ul", {}, answer.items.map(show));
  return [el("h1", {}, word("reports")), answer.items.length ? list : el("p", {}, word("none")), pager(["reports"], parameters, answer, list, show)];
}

export async function paragraph(id) {
  const one = await ask(["paragraphs", id]);
  const { journey } = one;
  const place = (at) => (at ? `${at.topic} · ${word("partition")} ${at.partition} · ${word("offset")} ${at.offset}` : "—");
  const spans = spansOf(one);
  return [el("p", { class: "faint" }, link(["report", one.report.id], one.report.title ?? one.report.id), one.section ? ` · ${one.section}` : ""),
    el("h1", {}, word("journey")), el("p", { class: "text", lang: "zh" }, marked(one.text, spans, classOf)),
    el("ol", { class: "journey" }, el("li", {}, `${word("pushed")}: ${journey.pushed_at}`), el("li", {}, `${word("paragraph_topic")}: ${place(journey.paragraph)}`),
      el("li", {}, `${word("version")}: ${journey.analysis_version}`), el("li", {}, `${word("classified")}: ${place(journey.classified)} · ${new Date(journey.classified.at).toISOString()}`)),
    el("h2", {}, word("items")), el("ul", {}, spans.map((span) => el("li", {}, el("span", { class: `kind ${span.kind}` }, label(span.kind)), span.text, el("span", { class: "faint" }, ` ${span.why}`)))),
    one.rows.length ? [el("h2", {}, word("behind")), el("ul", {}, one.rows.map((each) => el("li", {}, link(["row", each.board, each.id], each.title))))] : ""];
}

export async function search(text) {
  const answer = await ask(["search"], { q: text });
  const list = el("div", {}, answer.items.map((one) => card(one)));
  return [el("h1", {}, `${word("search")}: ${text}`), answer.items.length ? list : el("p", {}, word("not_found")), pager(["search"], { q: text }, answer, list, (one) => card(one))];
}

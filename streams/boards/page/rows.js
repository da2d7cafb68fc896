import { ask, boardNamed } from "./ask.js";
import { el, link, svg } from "./dom.js";
import { against, series, summaryPlots } from "./plots.js";
import { chip, plain, shownAs } from "./values.js";
import { label, titleOf, word } from "./words.js";

const TARGETS = 6;
// The way of a motion. What is not told of is a gap only where a later step is.
const CHAIN = ["submitted", "cosigned", "filed", "assigned", "replied", "fulfilled"];
const ALSO = { submitted: ["submitted", "proposed"] };
// Plots whose labels are values of a column that rows can be filtered by.
const FILTER_OF = { status: "status", places: "place", themes: ["topic", "theme", "themes"], genres: "genre", forms: ["forms", "form"] };

export function pager(path, parameters, answer, into, show) {
  if (!answer.next) return "";
  const button = el("button", { type: "button", onclick: async () => {
    const more = await ask(path, { ...parameters, cursor: answer.next });
    into.append(...more.items.map(show).filter(Boolean));
    button.replaceWith(pager(path, parameters, more, into, show));
  } }, word("more"));
  return button;
}

export async function board(name, parameters, go) {
  const about = await boardNamed(name);
  const [answer, { summary }] = await Promise.all([ask(["boards", name], parameters), ask(["boards", name, "summary"])]);
  const columns = about.columns.filter((one) => one.listed);
  const heads = [word("row"), ...(about.statuses.length ? [word("status")] : []), ...columns.map((one) => titleOf(one.title)), word("latest")];
  const shown = (row) => el("tr", {}, cells(about, columns, row).map((one, index) => el(index ? "td" : "th", { scope: index ? null : "row", class: one.class, "data-head": heads[index] }, one.parts)));
  const body = el("tbody", {}, answer.items.map(shown));
  const table = el("div", { class: "frame", tabindex: 0, role: "region", "aria-label": titleOf(about.title) },
    el("table", {}, el("caption", {}, `${word("total")} ${answer.total ?? ""}`), el("thead", {}, el("tr", {}, heads.map((one) => el("th", { scope: "col" }, one)))), body));
  const csv = "/api/boards/" + name + "?" + new URLSearchParams({ ...parameters, format: "csv", limit: 10000 });
  const plots = [summaryPlots(summary, (plot) => whereOf(about, plot)), (summary.longest ?? []).map((one) => series(`${one.title} · ${one.place ?? ""}`, one.series, one.unit)),
    answer.items.filter((one) => one.fields.result).slice(0, TARGETS).map((one) => against(`${one.title} · ${one.fields.place ?? ""} ${one.fields.due ?? ""}`, one.fields.target, one.fields.result, one.status))];
  return [el("h1", {}, titleOf(about.title)), el("p", { class: "faint" }, word(`about_${name}`)), el("div", { class: "plots" }, plots),
    filters(about, summary, parameters, go), answer.items.length ? table : el("p", {}, word("none")),
    el("p", { class: "after" }, pager(["boards", name], parameters, answer, body, shown), el("a", { href: csv, download: `${name}.csv` }, word("csv")))];
}

function cells(about, columns, row) {
  const head = { parts: [link(["row", about.name, row.id], row.title)] };
  const status = about.statuses.length ? [{ parts: [row.status ? chip(row.status) : ""] }] : [];
  return [head, ...status, ...columns.map((one) => ({ class: ["number", "decimal"].includes(one.kind) ? one.kind : null, parts: [cell(one, row.fields[one.name])] })), { class: "date", parts: [row.latest ?? ""] }];
}

const cell = (column, value) => (column.name === "months" && value?.length > 1 ? spark(value) : shownAs(column, value));

function spark(windows) {
  const most = Math.max(...windows.map((one) => one.count));
  const drawn = windows.map((one, index) => svg("rect", { class: "bar", x: index * 8, y: 20 - (20 * one.count) / most, width: 6, height: (20 * one.count) / most }));
  return svg("svg", { class: "spark", width: 8 * windows.length, height: 20, viewBox: `0 0 ${8 * windows.length} 20`, role: "img", "aria-label": windows.map(plain).join(", ") }, svg("title", {}, windows.map(plain).join("\n")), drawn);
}

function columnFor(about, plot) {
  const names = [FILTER_OF[plot] ?? []].flat();
  return names.find((name) => (name === "status" ? about.statuses.length : about.columns.some((one) => one.name === name && one.filtered)));
}

function whereOf(about, plot) {
  const name = columnFor(about, plot);
  return name ? (value) => (value === "未说明" ? null : ["board", about.name, { [name]: value }]) : null;
}

function filters(about, summary, parameters, go) {
  const known = (name) => Object.keys(summary[Object.keys(summary).find((plot) => columnFor(about, plot) === name)] ?? {}).filter((one) => one !== "未说明");
  const choice = (name, values, title) => el("label", {}, title, el("select", { name }, ["", ...values].map((one) => el("option", { value: one, selected: (parameters[name] ?? "") === one }, one ? label(one) : word("all")))));
  const given = (name, title) => el("label", {}, title, el("input", { name, value: parameters[name] ?? "", maxlength: 120 }));
  const fields = about.columns.filter((one) => one.filtered).map((one) => {
    const values = known(one.name);
    const all = parameters[one.name] && !values.includes(parameters[one.name]) ? [...values, parameters[one.name]] : values;
    return values.length ? choice(one.name, all, titleOf(one.title)) : given(one.name, titleOf(one.title));
  });
  const form = el("form", { class: "filters", onsubmit: (event) => {
    event.preventDefault();
    go(["board", about.name], Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value)));
  } }, given("q", word("title_holds")), about.statuses.length ? choice("status", about.statuses, word("status")) : "", fields, el("button", {}, word("filter")),
  Object.keys(parameters).length ? link(["board", about.name], word("clear")) : "");
  return el("details", { open: Object.keys(parameters).length > 0 }, el("summary", {}, word("filter")), form);
}

export async function row(name, id) {
  const [about, told] = await Promise.all([boardNamed(name), ask(["boards", name, id])]);
  const fields = about.columns.filter((one) => !["series", "changes"].includes(one.name)).map((one) => [titleOf(one.title), shownAs(one, told.fields[one.name])]).filter(([, text]) => text);
  const plots = [told.fields.series ? series("series", told.fields.series, told.fields.unit) : null, "target" in told.fields ? against("target_result", told.fields.target, told.fields.result, told.status) : null];
  return [el("p", { class: "faint" }, link(["board", name], titleOf(about.title)), told.first ? ` · ${told.first}${told.latest !== told.first ? ` – ${told.latest}` : ""}` : ""),
    el("h1", { lang: "zh" }, told.title), told.status ? el("p", {}, chip(told.status)) : "", about.statuses.includes("filed") ? chain(told) : "", el("div", { class: "plots" }, plots),
    el("dl", {}, fields.map(([head, text]) => [el("dt", {}, head), el("dd", {}, text)])),
    told.fields.changes?.length ? [el("h2", {}, word("changes")), el("ol", { class: "steps" }, told.fields.changes.map(change))] : "",
    told.fields.conflicts?.length ? sideBySide(told.fields) : "",
    el("h2", {}, `${word("history")} (${told.count})`), el("ol", { class: "plain" }, together(told.history).map(([one, ...others]) => el("li", { class: "card" }, source(one, others), quoted(one))))];
}

// What the same words say is told once, with all that they say.
function together(history) {
  const places = new Map();
  for (const one of history) {
    const place = `${one.evidence.paragraph_id} ${one.evidence.text}`;
    places.set(place, [...(places.get(place) ?? []), one]);
  }
  return [...places.values()];
}

const source = ({ at, what, evidence }, others = []) => el("p", { class: "faint" }, at ?? evidence.published ?? "", " ", [...new Set([what, ...others.map((one) => one.what)])].filter(Boolean).map(chip), link(["report", evidence.report_id], evidence.report_title ?? evidence.report_id), " · ", link(["paragraph", evidence.paragraph_id], word("journey")));
const quoted = ({ evidence }) => el("p", { class: "text", lang: "zh" }, evidence.text);
const change = ({ at, to, because }) => el("li", {}, el("p", {}, chip(to), " ", el("span", { class: "faint" }, at ?? "")), because ? [quoted(because), el("p", { class: "faint" }, link(["report", because.evidence.report_id], because.evidence.report_title ?? because.evidence.report_id))] : "");

function sideBySide({ series: points }) {
  const said = points.filter((one) => one.conflict).flatMap(({ period, values }) => values.map((one) => el("li", { class: "card" }, el("p", {}, `${period}: `, el("b", {}, one.shown)), one.evidence.map((each) => [quoted({ evidence: each }), source({ evidence: each })]))));
  return [el("h2", {}, word("conflict")), el("ul", { class: "beside" }, said)];
}

// Each step with its day and its evidence; steps that no report tells of are marked, never guessed.
function chain(told) {
  const end = ["unfulfilled", "refused"].includes(told.status) ? [told.status] : [];
  const steps = [...CHAIN.filter((one) => !end.length || one !== "fulfilled"), ...end].map((step) => {
    const found = told.history.find((one) => (ALSO[step] ?? [step]).includes(one.what));
    const gap = told.fields.gaps?.includes(step);
    const said = found ? [found.at ?? "", " ", link(["paragraph", found.evidence.paragraph_id], word("evidence"))] : word(gap ? "gap" : "not_yet");
    return el("li", { class: found && !gap ? `done ${step}` : gap ? "gap" : "ahead" }, el("b", {}, label(step)), el("span", {}, gap && found ? word("gap") : said));
  });
  return el("ol", { class: "chain", "aria-label": word("chain") }, steps);
}

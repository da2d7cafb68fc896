import { el, link, svg } from "./dom.js";
import { label, word } from "./words.js";
import { readable } from "./values.js";

const MOST = 10;
const WIDTH = 360;
const TIME = /^\d{4}([-年].*)?$/;
const PARTS = 6;

// A board's totals: {name: {label: count}}, or {name: {label: {part: count}}}, whose parts are stacked.
// `where` gives, for a plot's name, the way to the rows that a label counts.
export function summaryPlots(summary, where = () => null) {
  return Object.entries(summary).filter(([name]) => name !== "longest").map(([name, counts]) => {
    const all = Object.entries(counts).filter(([, count]) => total(count) > 0);
    if (!all.length) return null;
    if (name === "totals") return tiles(all);
    const nested = all.some(([, count]) => typeof count === "object");
    const dated = all.filter(([one]) => TIME.test(one));
    if (nested) return dated.length > 1 ? stacks(name, dated.sort(byLabel)) : stackedBars(name, all);
    return dated.length === all.length && all.length > 1 ? stacks(name, dated.sort(byLabel)) : bars(name, all, where(name));
  });
}

const total = (count) => (typeof count === "number" ? count : Object.values(count ?? {}).reduce((sum, one) => sum + total(one), 0));
const byLabel = (a, b) => (a[0] < b[0] ? -1 : 1);
const partsOf = (count) => (typeof count === "number" ? { "": count } : count);

// What a plot shows is told in words as well.
function figure(name, told, drawing, ...more) {
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${word(name)}: ${told.map(([one, count]) => `${label(one)} ${typeof count === "object" ? Object.entries(count).map(([part, number]) => `${label(part)} ${number}`).join(" ") : count}`).join(", ")}`);
  return el("figure", {}, el("figcaption", {}, word(name)), drawing, more);
}

export const tiles = (counts) => el("ul", { class: "tiles" }, counts.map(([name, count]) => el("li", {}, el("b", {}, count.toLocaleString("en")), " ", label(name))));

// Bars of HTML, so that those that lead somewhere are links that a keyboard reaches.
export function bars(name, counts, where) {
  const shown = counts.sort((a, b) => b[1] - a[1]).slice(0, MOST);
  const most = shown[0][1];
  const line = ([one, count]) => {
    const text = where?.(one) ? link(where(one), label(one)) : el("span", {}, label(one));
    const drawn = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: `bar ${one}`, width: Math.max(0.7, (100 * count) / most), height: 10 }));
    return el("li", {}, text, drawn, el("span", { class: "number" }, String(count)));
  };
  return el("figure", {}, el("figcaption", {}, word(name)), el("ul", { class: "bars" }, shown.map(line)));
}

function ranked(counts) {
  const sums = new Map();
  for (const [, count] of counts) for (const [part, number] of Object.entries(partsOf(count))) sums.set(part, (sums.get(part) ?? 0) + number);
  return [...sums].sort((a, b) => b[1] - a[1]).map(([part]) => part);
}

const shade = (parts, part) => (parts.length === 1 ? "bar" : `bar p${Math.min(parts.indexOf(part), PARTS - 1)} ${part}`);

function legend(parts) {
  if (parts.length < 2) return null;
  const named = parts.slice(0, parts.length > PARTS ? PARTS - 1 : PARTS);
  const keys = named.map((part) => el("li", {}, swatch(shade(parts, part)), label(part)));
  return el("ul", { class: "legend" }, keys, parts.length > PARTS ? el("li", {}, swatch(`bar p${PARTS - 1}`), word("rest")) : null);
}

const swatch = (name) => svg("svg", { class: "swatch", viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("rect", { class: name, width: 10, height: 10 }));

// Counts over time, each column stacked of its parts.
export function stacks(name, counts) {
  const parts = ranked(counts), most = Math.max(...counts.map(([, count]) => total(count)));
  const step = Math.min(44, (WIDTH - 34) / counts.length);
  const drawn = counts.flatMap(([one, count], index) => {
    let top = 104;
    return parts.map((part) => {
      const number = partsOf(count)[part] ?? 0, height = (92 * number) / most;
      top -= height;
      return number ? svg("rect", { class: shade(parts, part), x: 28 + index * step, y: top, width: Math.max(1, step - 2), height }, svg("title", {}, `${one} ${label(part)} ${number}`)) : "";
    });
  });
  const at = (index) => svg("text", { x: 28 + index * step + (step - 2) / 2, y: 119, "text-anchor": index ? (index === counts.length - 1 && step < 40 ? "end" : "middle") : (step < 40 ? "start" : "middle") }, counts[index][0]);
  const ends = step >= 40 ? counts.map((_, index) => at(index)) : [at(0), at(counts.length - 1)];
  const axis = [svg("path", { class: "axis", d: `M26 104H${WIDTH - 4}M26 12H${WIDTH - 4}` }), svg("text", { x: 22, y: 16, "text-anchor": "end" }, String(most)), svg("text", { x: 22, y: 108, "text-anchor": "end" }, "0")];
  return figure(name, counts, svg("svg", { viewBox: `0 0 ${WIDTH} 124` }, axis, drawn, ends), legend(parts));
}

export function stackedBars(name, counts) {
  const parts = ranked(counts), shown = counts.slice(0, MOST), most = Math.max(...shown.map(([, count]) => total(count)));
  const line = ([one, count], row) => {
    let from = 116;
    const pieces = parts.map((part) => {
      const width = (200 * (partsOf(count)[part] ?? 0)) / most;
      from += width;
      return width ? svg("rect", { class: shade(parts, part), x: from - width, y: 18 * row + 3, width, height: 12 }, svg("title", {}, `${one} ${label(part)} ${partsOf(count)[part]}`)) : "";
    });
    return [svg("text", { x: 110, y: 18 * row + 13, "text-anchor": "end" }, short(label(one))), pieces, svg("text", { x: from + 5, y: 18 * row + 13 }, String(total(count)))];
  };
  return figure(name, shown, svg("svg", { viewBox: `0 0 ${WIDTH} ${18 * shown.length + 4}` }, shown.map(line)), legend(parts));
}

// A figure over its periods. A line joins periods of one length only: half a year is not less than a year. Where
// several values are told for one period, all of them are points.
export function series(title, told, unit) {
  const points = told.flatMap(({ period, values }) => values.filter((one) => period && Number.isFinite(Number(one.value))).map((one) => ({ period, value: (one.change === "down" ? -1 : 1) * Number(one.value), shown: readable(one.shown) })));
  const periods = [...new Set(points.map((one) => one.period))];
  if (periods.length < 2) return null;
  const values = points.map((one) => one.value), high = Math.max(...values, 0), least = Math.min(...values);
  // Values that are all close to each other are shown from near them on: each has its number written beside it.
  const low = least > 0.6 * high ? Math.max(0, least - 2 * (high - least)) : Math.min(0, least);
  const x = (period) => 36 + (periods.indexOf(period) * (WIDTH - 86)) / (periods.length - 1);
  const y = (value) => 104 - (76 * (value - low)) / (high - low || 1);
  const lengths = Map.groupBy ? [...Map.groupBy(periods, (one) => one.length).values()] : [periods];
  const lines = lengths.filter((some) => some.length > 1).map((some) => svg("path", { class: "line", d: some.map((period, index) => `${index ? "L" : "M"}${x(period)} ${y(points.find((one) => one.period === period).value)}`).join("") }));
  const nth = (point) => points.filter((one) => one.period === point.period).indexOf(point);
  const dots = points.map((one) => [svg("circle", { class: "bar", cx: x(one.period), cy: y(one.value), r: 4 }, svg("title", {}, `${one.period}: ${one.shown}`)),
    periods.length <= 6 ? svg("text", { x: x(one.period), y: y(points.find((first) => first.period === one.period).value) - 8 - 13 * nth(one), "text-anchor": "middle" }, one.shown.replace(unit ?? "", "")) : ""]);
  const names = periods.map((period, index) => (periods.length <= 6 || index === 0 || index === periods.length - 1 ? svg("text", { x: x(period), y: 120, "text-anchor": "middle" }, period) : ""));
  const axis = svg("path", { class: "axis", d: `M20 104H${WIDTH - 20}` });
  return figure(title, points.map((one) => [one.period, one.shown]), svg("svg", { viewBox: `0 0 ${WIDTH} 124` }, axis, lines, dots, names));
}

// A plan's target beside its result, as written.
export function against(title, target, result, status) {
  const [wanted, got] = [target, result].map((one) => parseFloat(String(one ?? "").replace(/[^\d.]/g, "")));
  if (!(wanted > 0) || !(got >= 0)) return null;
  const scale = 300 / Math.max(wanted, got), at = 8 + scale * wanted;
  return figure(title, [["target", readable(target)], ["result", readable(result)]], svg("svg", { viewBox: `0 0 ${WIDTH} 48` },
    svg("rect", { class: "rail", x: 8, y: 8, width: 340, height: 14 }),
    svg("rect", { class: `bar ${status ?? ""}`, x: 8, y: 8, width: Math.max(1, scale * got), height: 14 }),
    svg("path", { class: "target", d: `M${at} 3V27` }),
    svg("text", { x: 8, y: 42 }, `${word("result")} ${readable(result)}`), svg("text", { x: 348, y: 42, "text-anchor": "end" }, `${word("target")} ${readable(target)}`)));
}

const short = (text) => (Array.from(text).length > 9 ? Array.from(text).slice(0, 8).join("") + "…" : text);

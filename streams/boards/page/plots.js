import { el, svg } from "./dom.js";
import { label, word } from "./words.js";

const MOST = 12;
const WIDTH = 360;
const TIME = /^\d{4}([-年].*)?$/;

// A board's totals: {name: {label: count}}, or {name: {label: {part: count}}} whose parts are added up.
export function summaryPlots(summary) {
  return Object.entries(summary).map(([name, counts]) => [name, Object.entries(counts).map(([one, count]) => [one, total(count)])])
    .filter(([, counts]) => counts.some(([, count]) => count > 0))
    .map(([name, counts]) => {
      const inTime = counts.length > 1 && counts.every(([one]) => TIME.test(one) || one === "未说明");
      return inTime ? columns(name, counts.filter(([one]) => TIME.test(one)).sort(byLabel)) : bars(name, counts);
    });
}

const total = (count) => (typeof count === "number" ? count : Object.values(count ?? {}).reduce((sum, one) => sum + total(one), 0));
const byLabel = (a, b) => (a[0] < b[0] ? -1 : 1);

function figure(name, counts, drawing) {
  const told = counts.map(([one, count]) => `${label(one)} ${count}`).join(", ");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${word(name)}: ${told}`);
  return el("figure", {}, el("figcaption", {}, word(name)), drawing);
}

export function bars(name, counts) {
  const shown = counts.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]).slice(0, MOST);
  const most = Math.max(1, ...shown.map(([, count]) => count));
  const rows = shown.map(([one, count], index) => [
    svg("text", { x: 110, y: 18 * index + 13, "text-anchor": "end" }, short(label(one))),
    svg("rect", { class: `bar ${one}`, x: 116, y: 18 * index + 3, width: Math.max(1, (190 * count) / most), height: 12 }),
    svg("text", { x: 122 + (190 * count) / most, y: 18 * index + 13 }, String(count)),
  ]);
  return figure(name, shown, svg("svg", { viewBox: `0 0 ${WIDTH} ${18 * shown.length + 4}` }, rows));
}

export function columns(name, counts) {
  const most = Math.max(1, ...counts.map(([, count]) => count));
  const step = (WIDTH - 10) / counts.length;
  const shown = counts.map(([one, count], index) =>
    svg("rect", { class: "bar", x: 5 + index * step, y: 100 - (90 * count) / most, width: Math.max(1, step - 2), height: (90 * count) / most },
      svg("title", {}, `${one}: ${count}`)));
  const ends = [svg("text", { x: 5, y: 116 }, counts[0][0]), svg("text", { x: WIDTH - 5, y: 116, "text-anchor": "end" }, counts.at(-1)[0])];
  return figure(name, counts, svg("svg", { viewBox: `0 0 ${WIDTH} 120` }, shown, counts.length > 1 ? ends : ends.slice(0, 1)));
}

// A figure over its periods; where several values are told for one period, all of them are points.
export function series(name, points, unit) {
  const values = points.map((one) => one.value);
  const low = Math.min(0, ...values), high = Math.max(...values, low + 1e-9);
  const x = (index) => 40 + (index * (WIDTH - 60)) / Math.max(1, periods.length - 1);
  const y = (value) => 110 - (100 * (value - low)) / (high - low);
  const periods = [...new Set(points.map((one) => one.period))];
  const first = periods.map((period) => points.find((one) => one.period === period));
  const path = first.map((one, index) => `${index ? "L" : "M"}${x(index)} ${y(one.value)}`).join("");
  const dots = points.map((one) => svg("circle", { class: "bar", cx: x(periods.indexOf(one.period)), cy: y(one.value), r: 4 },
    svg("title", {}, `${one.period}: ${one.shown}`)));
  const ends = periods.map((period, index) => svg("text", { x: x(index), y: 126, "text-anchor": index ? (index === periods.length - 1 ? "end" : "middle") : "start" }, period));
  return figure(name, points.map((one) => [one.period, one.shown]),
    svg("svg", { viewBox: `0 0 ${WIDTH} 130` }, svg("path", { class: "axis", d: `M40 110H${WIDTH - 20}` }), svg("path", { class: "line", d: path }), dots,
      ends.length <= 6 ? ends : [ends[0], ends.at(-1)], svg("text", { x: 0, y: 12 }, unit ?? "")));
}

// A plan's target beside its result, as written.
export function against(target, result) {
  const [wanted, got] = [target, result].map((one) => parseFloat(String(one ?? "").replace(/[^\d.]/g, "")));
  if (!(wanted > 0) || !(got >= 0)) return null;
  const most = Math.max(wanted, got);
  const at = 20 + (300 * wanted) / most;
  return figure("target", [["target", target], ["result", result]], svg("svg", { viewBox: `0 0 ${WIDTH} 50` },
    svg("rect", { class: "bar statistic", x: 20, y: 10, width: Math.max(1, (300 * got) / most), height: 16 }),
    svg("path", { class: "target", d: `M${at} 4V32` }),
    svg("text", { x: 20, y: 45 }, `${word("result")} ${result}`), svg("text", { x: at, y: 45, "text-anchor": "end" }, `${word("target")} ${target}`)));
}

const short = (text) => (Array.from(text).length > 9 ? Array.from(text).slice(0, 8).join("") + "…" : text);

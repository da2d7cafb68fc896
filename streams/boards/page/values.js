import { el } from "./dom.js";
import { label } from "./words.js";

// 9180000000元 is 91.8亿元 to a reader. Only the point moves: no digit is rounded away.
const LONG = /\d{5,}(?:\.\d+)?(?!\d)/g;
const moved = (digits, places) => {
  const [whole, rest = ""] = digits.split(".");
  const padded = whole.padStart(places + 1, "0");
  return `${padded.slice(0, -places)}.${padded.slice(-places)}${rest}`.replace(/\.?0+$/, "");
};
export const readable = (written) => String(written).replace(LONG, (digits) => {
  const whole = digits.split(".")[0].length;
  const short = whole > 12 ? moved(digits, 12) + "万亿" : whole > 8 ? moved(digits, 8) + "亿" : moved(digits, 4) + "万";
  return short.length <= digits.length ? short : digits;
});

export function plain(value) {
  if (value === null || typeof value !== "object") return String(value ?? "");
  if (Array.isArray(value)) return value.map(plain).join("、");
  if ("window" in value) return `${value.window} ${value.count}`;
  return Object.entries(value).filter(([, one]) => one !== null && typeof one !== "object").map(([name, one]) => `${label(name)} ${one}`).join("，");
}

const CODED = new Set(["key", "measure", "satisfaction", "gaps"]);

// A value of a column, as text.
export function shownAs(column, value) {
  if (value === null || value === undefined || (Array.isArray(value) && !value.length)) return "";
  if (column.kind === "decimal") return readable(value);
  if (CODED.has(column.name)) return [value].flat().map(label).join("、");
  return plain(value);
}

export const chip = (name) => el("span", { class: `chip ${name}` }, label(name));

// Elements made of text nodes only: nothing that a report holds is ever read as markup.
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  set(made, attributes);
  made.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(made, attributes);
  made.append(...children.flat(Infinity));
  return made;
}

function set(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
}

// A way in the page; its last part may be parameters.
export const hrefOf = (path) => {
  const parameters = typeof path.at(-1) === "object" ? new URLSearchParams(path.at(-1)).toString() : "";
  return "#/" + path.filter((one) => typeof one !== "object").map(encodeURIComponent).join("/") + (parameters ? "?" + parameters : "");
};
export const link = (path, ...children) => el("a", { href: hrefOf(path) }, ...children);

// Places count characters (code points), JavaScript counts UTF-16 units: so the text is taken apart first.
export function marked(text, spans, classOf = (one) => one.kind) {
  const characters = Array.from(text);
  const within = spans.filter((one) => one.start < characters.length);
  const cuts = [...new Set([0, characters.length, ...within.flatMap((one) => [one.start, Math.min(one.end, characters.length)])])];
  cuts.sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const piece = characters.slice(from, cuts[index + 1]).join("");
    const over = within.filter((one) => one.start <= from && one.end >= cuts[index + 1]);
    if (!over.length) return piece;
    const begins = over.some((one) => one.start === from && one.why);
    const why = over.map((one) => one.why).filter(Boolean).join("\n");
    return el("mark", { class: [...new Set(over.map(classOf))].join(" "), "data-why": why || null, tabindex: begins ? 0 : null }, piece);
  });
}

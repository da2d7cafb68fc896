// Questions to the API.
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

let boards = [];
export async function knownBoards() {
  if (!boards.length) boards = (await ask(["boards"])).items;
  return boards;
}

export async function boardNamed(name) {
  const found = (await knownBoards()).find((one) => one.name === name);
  if (!found) throw new Refused(404);
  return found;
}

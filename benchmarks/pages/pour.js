// What a style sheet cannot say: a picture at a line's end within a paragraph, an article that goes on in
// columns of another width, a page as tall as what stands on it. Lines are where Chromium broke them.
const signs = (paragraph) => {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest('.under')) continue;
    for (let at = 0; at < node.length; at++) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      if (box.width) found.push({ node, at, left: box.left, right: box.right, top: box.top, height: box.height });
    }
  }
  return found;
};
const lineStarts = (paragraph) => signs(paragraph).filter((sign, index, all) =>
  index && (sign.left < all[index - 1].left || Math.abs(sign.top - all[index - 1].top) > sign.height * 0.7));
const splitAt = (paragraph, sign) => {
  const range = document.createRange();
  range.setStart(sign.node, sign.at);
  range.setEndAfter(paragraph.lastChild);
  const rest = paragraph.cloneNode(false);
  rest.append(range.extractContents());
  paragraph.after(rest);
  paragraph.classList.add('cut');
  rest.classList.add('rest');
  return rest;
};
const placePicture = (picture) => {
  const paragraph = picture.previousElementSibling;
  if (!paragraph || paragraph.tagName !== 'P') return;
  const starts = lineStarts(paragraph);
  if (starts.length < 2) return;
  const turn = starts.find((sign, index) => index && sign.top < starts[index - 1].top);
  splitAt(paragraph, turn || starts[Math.floor(starts.length / 2)]);
  paragraph.after(picture);
};
const pour = (tier) => {
  const edge = tier.getBoundingClientRect().right - 2;
  const over = [];
  for (const child of [...tier.children]) {
    const boxes = [...child.getClientRects()];
    if (over.length || boxes[0].left >= edge) { over.push(child); continue; }
    if (child.tagName !== 'P' || boxes.every((box) => box.left < edge)) continue;
    const first = lineStarts(child).find((sign) => sign.left >= edge);
    if (first) over.push(splitAt(child, first));
  }
  tier.nextElementSibling.prepend(...over);
};
// Moved into columns of another width, what ended with a full line may not any more.
const heal = (paragraph) => {
  const picture = paragraph.nextElementSibling?.tagName === 'FIGURE' ? paragraph.nextElementSibling : null;
  const rest = (picture || paragraph).nextElementSibling;
  if (!rest?.classList.contains('rest')) return;
  paragraph.classList.remove('cut');
  const last = signs(paragraph).at(-1);
  const right = [...paragraph.getClientRects()].at(-1).right;
  if (right - last.right < last.height * 1.5) {
    paragraph.classList.add('cut');
  } else {
    paragraph.append(...rest.childNodes);
    if (rest.classList.contains('cut')) paragraph.classList.add('cut');
    rest.remove();
  }
};
window.addEventListener('load', () => {
  const tiers = [...document.querySelectorAll('.tier')];
  tiers.forEach(pour);
  document.querySelectorAll('figure.cut').forEach(placePicture);
  tiers.forEach(pour);
  document.querySelectorAll('p.cut').forEach(heal);
  tiers.map((tier) => tier.nextElementSibling).filter((rest) => !rest.childElementCount).forEach((rest) => rest.remove());
  const pages = [...document.querySelectorAll('.page')];
  const height = Math.ceil(Math.max(...pages.map((page) => page.getBoundingClientRect().height))) + 8;
  const sheet = document.createElement('style');
  sheet.textContent = `@page { size: ${pages[0].offsetWidth}px ${height}px; margin: 0 }`;
  document.head.append(sheet);
});

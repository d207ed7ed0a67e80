// Adds to the maps of a page what a drawing cannot do alone. Without this the page is whole too.
import { followLayers } from './layers.js';
import { slide } from './sliding.js';
import { walk } from './walking.js';

/** Finds what stands behind a map and can take the focus. */
function findBehind(svg) {
  const figure = svg.closest('figure');
  return figure.querySelector('[tabindex="-1"]:not(svg *)') ?? figure.querySelector('summary') ?? document.querySelector('main');
}

function walkOver(svg) {
  const figure = svg.closest('figure');
  const first = figure.querySelector('tr[aria-current] a')?.getAttribute('href');
  const described = figure.querySelector('.map-how')?.id;
  walk(svg, { behind: () => findBehind(svg), first, described });
}

/** Lets the button of a figure open and close the map to move through. */
function offerMoving(figure, words) {
  const button = figure.querySelector('.map-open');
  const fault = figure.querySelector('.map-fault');
  if (!button) return;
  const closed = button.textContent;
  let close = null;
  button.addEventListener('click', async () => {
    if (close) {
      close();
      close = null;
      button.textContent = closed;
      button.setAttribute('aria-expanded', 'false');
      return;
    }
    button.disabled = true;
    fault.textContent = words.loading;
    try {
      const { canDraw, openMap } = await import('./moving.js');
      fault.textContent = canDraw() ? '' : words.no_webgl;
      if (!canDraw()) return;
      close = await openMap(figure, words);
      button.textContent = words.close;
      button.setAttribute('aria-expanded', 'true');
    } catch {
      fault.textContent = words.no_map;
    } finally {
      button.disabled = false;
    }
  });
}

for (const svg of document.querySelectorAll('svg.map')) walkOver(svg);
for (const figure of document.querySelectorAll('figure[data-map]')) {
  const words = JSON.parse(figure.dataset.words);
  followLayers(figure);
  slide(figure, words, () => {
    for (const svg of figure.closest('section').querySelectorAll('svg.map')) if (!svg.querySelector('a[tabindex]')) walkOver(svg);
    figure.dispatchEvent(new CustomEvent('map-painted'));
  });
  offerMoving(figure, words);
  figure.dataset.ready = 'true';
}

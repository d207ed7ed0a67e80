// Walks over the areas of a map with the arrow keys, so that Tab passes the map in one step.
const TURNS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** Gives the middle of the shape of a link. */
function findMiddle(link) {
  const box = link.querySelector('path').getBBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Finds the nearest area in a direction; an area more to the side than ahead does not count. */
export function findNeighbour(middles, from, [across, down]) {
  let nearest = null;
  let least = Infinity;
  middles.forEach((middle, at) => {
    const ahead = (middle.x - middles[from].x) * across + (middle.y - middles[from].y) * down;
    const aside = Math.abs((middle.x - middles[from].x) * down + (middle.y - middles[from].y) * across);
    if (at === from || ahead <= 0 || aside > ahead * 1.5) return;
    const far = ahead + 2 * aside;
    if (far < least) [least, nearest] = [far, at];
  });
  return nearest;
}

/** Makes the links of a map one stop of the Tab key; Escape goes on to what stands behind it. */
export function walk(svg, { behind, first, described }) {
  const links = [...svg.querySelectorAll('a')];
  if (links.length === 0) return;
  let middles = null;
  let here = Math.max(0, links.findIndex((link) => link.getAttribute('href') === first));
  links.forEach((link, at) => link.setAttribute('tabindex', at === here ? '0' : '-1'));
  if (described) svg.setAttribute('aria-describedby', `${svg.getAttribute('aria-describedby')} ${described}`);

  const go = (to) => {
    links[here].setAttribute('tabindex', '-1');
    here = to;
    links[here].setAttribute('tabindex', '0');
  };
  // On its parent: a drawing that listens for focus would become a stop of the Tab key itself.
  const whole = svg.parentElement;
  whole.addEventListener('focusin', (event) => {
    const at = links.indexOf(event.target.closest('a'));
    if (at >= 0) go(at);
  });
  whole.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && behind) {
      event.preventDefault();
      behind().focus();
    }
    const turn = TURNS[event.key];
    if (!turn || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    middles ??= links.map(findMiddle);
    const to = findNeighbour(middles, here, turn);
    if (to !== null) links[to].focus();
  });
}

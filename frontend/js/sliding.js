// Moves the classes of a map through time. The colours come from one small table; once the slider
// rests, the sentence, the names and the table of that period come from the page itself.
const REST = 350;
const STEP = 1100;
const LETTERS = { f: 'k-few', n: 'k-none' };
const KEPT = '.map-time, .map-moving';

const styleOf = (letter) => LETTERS[letter] ?? `k-${letter}`;

/** Gives the links of a map by the code of their area. */
export function findLinks(figure) {
  const links = new Map();
  for (const link of figure.querySelectorAll('.drawing-map svg a')) {
    links.set(decodeURIComponent(new URL(link.getAttribute('href'), location.href).pathname.split('/').pop()), link);
  }
  return links;
}

function paint(figure, table, period, words) {
  const links = findLinks(figure);
  const hatch = figure.querySelector('.drawing-map svg pattern')?.id;
  table.areas.forEach(([code, name], at) => {
    const link = links.get(code);
    if (!link) return;
    const letter = period.classes[at];
    const shape = link.querySelector('path');
    const label = words.area.replace('{name}', name).replace('{label}', table.labels[letter] ?? '');
    shape.setAttribute('class', styleOf(letter));
    if (letter === 'f') shape.setAttribute('fill', `url(#${hatch})`);
    else shape.removeAttribute('fill');
    link.setAttribute('aria-label', label);
    shape.querySelector('title').textContent = label;
  });
  count(figure, period.classes);
  figure.dispatchEvent(new CustomEvent('map-painted'));
}

function count(figure, classes) {
  const counts = {};
  for (const letter of classes) counts[styleOf(letter)] = (counts[styleOf(letter)] ?? 0) + 1;
  for (const row of figure.querySelectorAll(':scope > .legend li')) {
    const style = row.querySelector('rect').getAttribute('class');
    row.querySelector('.legend-count').textContent = `(${counts[style] ?? 0})`;
  }
}

/** Puts what another period shows in a figure; the slider and the moving map stay where they are. */
function swap(figure, fresh) {
  const kept = [...figure.querySelectorAll(KEPT)];
  const open = [...figure.querySelectorAll('details')].map((each) => each.open);
  for (const child of [...figure.children]) if (!kept.includes(child)) child.remove();
  let passed = 0;
  for (const child of [...fresh.children]) {
    if (child.matches(KEPT)) passed += 1;
    else if (passed < kept.length) kept[passed].before(child);
    else figure.append(child);
  }
  const details = [...figure.querySelectorAll('details')];
  if (details.length === open.length) details.forEach((each, at) => { each.open = open[at]; });
}

async function fetchPage(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

/** Puts the figures of another period in the whole section of a map: the ranking beside it too. */
function swapSection(figure, page) {
  const others = (whole, own) => [...whole.closest('section').querySelectorAll('.figure')].filter((each) => each !== own);
  const fresh = page.querySelector('figure[data-map]');
  const mine = others(figure, figure);
  const theirs = others(fresh, fresh);
  if (mine.length === theirs.length) mine.forEach((each, at) => each.replaceWith(theirs[at]));
  swap(figure, fresh);
}

/** Lets the slider of a figure, and its button, go through the periods; `renewed` is called after. */
export function slide(figure, words, renewed) {
  const whole = figure.querySelector('.map-time');
  if (!whole) return;
  const [slider, play, output, status] = ['input', '.map-play', 'output', '[role="status"]'].map((name) => whole.querySelector(name));
  let table = null;
  let timer = 0;
  let turn = 0;
  const load = () => (table ??= fetch(figure.dataset.classes).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }));
  let drawn = slider.valueAsNumber;
  const fail = () => {
    table?.then((found) => paint(figure, found, found.periods[drawn], words), () => {}).finally(() => { table = null; });
    slider.value = drawn;
    status.textContent = output.textContent = words.no_time;
    figure.removeAttribute('aria-busy');
  };

  const show = async () => {
    // The sentence and the table are of another period until the slider rests: they are not shown.
    figure.setAttribute('aria-busy', 'true');
    const found = await load();
    const period = found.periods[slider.valueAsNumber];
    output.textContent = period.name;
    slider.setAttribute('aria-valuetext', period.name);
    paint(figure, found, period, words);
    return period;
  };
  const settle = async () => {
    const mine = (turn += 1);
    try {
      const period = await show();
      const found = await load();
      const address = new URL(location.href);
      address.searchParams.set('periode', period.id);
      const page = await fetchPage(address);
      if (mine !== turn) return;
      swapSection(figure, page);
      drawn = found.periods.indexOf(period);
      const select = document.querySelector('select[name="periode"]');
      if (select) select.value = period.id;
      history.replaceState(history.state, '', address);
      status.textContent = `${period.name}. ${figure.querySelector('.says').textContent}`;
      renewed();
    } catch {
      fail();
    }
    if (mine === turn) figure.removeAttribute('aria-busy');
  };
  const rest = () => { clearTimeout(timer); timer = setTimeout(settle, REST); };

  let playing = 0;
  const stop = () => {
    if (!playing) return;
    clearInterval(playing);
    playing = 0;
    play.setAttribute('aria-pressed', 'false');
    play.textContent = play.dataset.play;
  };
  const step = () => {
    const last = Number(slider.max);
    if (slider.valueAsNumber >= last) {
      stop();
      settle();
      return;
    }
    slider.stepUp();
    show().catch(() => { stop(); fail(); });
  };
  slider.addEventListener('input', () => { stop(); turn += 1; show().then(rest, fail); });
  play.dataset.play = play.textContent;
  play.addEventListener('click', () => {
    if (playing) {
      stop();
      settle();
      return;
    }
    if (slider.valueAsNumber >= Number(slider.max)) slider.value = slider.min;
    turn += 1;
    play.setAttribute('aria-pressed', 'true');
    play.textContent = play.dataset.stop;
    playing = setInterval(step, STEP);
    show().catch(() => { stop(); fail(); });
  });
  for (const name of ['pointerenter', 'focusin']) whole.addEventListener(name, () => load().catch(fail), { once: true });
}

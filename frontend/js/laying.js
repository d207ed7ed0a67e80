// Lays the layers of a drawing over the map to move through: the same things, choices and names.
// What is laid stands in the lists under the map; nothing is added to it.
import { Marker } from './maplibre-gl.mjs';

const LINES = { ring: ['#8a3a9f', 2.5], reach: ['#b0310e', 2] };
const CORNERS = 64;

/** Gives what the lists under the map tell, of the layers that are chosen. */
function listChosen(figure) {
  const chosen = new Set([...figure.querySelectorAll('input[name="laag"]:checked')].map((box) => box.value));
  return [...figure.querySelectorAll('.layer-list li[data-kind]')]
    .filter((item) => chosen.has(item.closest('.layer-list').dataset.layer))
    .map((item) => ({
      kind: item.dataset.kind,
      level: item.dataset.level,
      codes: item.dataset.areas?.split(' ') ?? [],
      point: item.dataset.point?.split(' ').map(Number),
      words: item.textContent.trim(),
    }));
}

const indexByCode = (geometry) => new Map(geometry.features.map((each) => [each.properties.code, each]));

function outerRings({ geometry }) {
  return (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map((part) => part[0]);
}

function sizeOf(ring) {
  let twice = 0;
  for (let at = 1; at < ring.length; at += 1) twice += ring[at - 1][0] * ring[at][1] - ring[at][0] * ring[at - 1][1];
  return Math.abs(twice / 2);
}

/** Gives a point inside an area: halfway the widest stretch at half the height of its largest part. */
export function findInside(feature) {
  const ring = outerRings(feature).sort((one, other) => sizeOf(other) - sizeOf(one))[0];
  const heights = ring.map((corner) => corner[1]);
  const height = (Math.min(...heights) + Math.max(...heights)) / 2;
  const crossings = [];
  for (let at = 1; at < ring.length; at += 1) {
    const [[x, y], [toX, toY]] = [ring[at - 1], ring[at]];
    if (y > height !== toY > height) crossings.push(x + ((height - y) / (toY - y)) * (toX - x));
  }
  crossings.sort((one, other) => one - other);
  let widest = [crossings[0], crossings[1]];
  for (let at = 0; at + 1 < crossings.length; at += 2) {
    if (crossings[at + 1] - crossings[at] > widest[1] - widest[0]) widest = [crossings[at], crossings[at + 1]];
  }
  return [(widest[0] + widest[1]) / 2, height];
}

/** Gives a circle around some areas, as round on the ground as on the drawing. */
function makeRing(features) {
  const corners = features.flatMap(outerRings).flat();
  const [xs, ys] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const narrow = Math.cos((y * Math.PI) / 180);
  const radius = Math.hypot((east - west) * narrow, north - south) / 2;
  const coordinates = Array.from({ length: CORNERS + 1 }, (_, at) => {
    const turn = (2 * Math.PI * at) / CORNERS;
    return [x + (radius * Math.cos(turn)) / narrow, y + radius * Math.sin(turn)];
  });
  return { type: 'LineString', coordinates };
}

function makeMarker(figure, thing, at) {
  const element = Object.assign(document.createElement('div'), { className: 'map-marker' });
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', thing.words);
  element.append(figure.querySelector(`.layer-legend li[data-kind="${thing.kind}"] svg`).cloneNode(true));
  return new Marker({ element }).setLngLat(at);
}

/** Gives the lines of one thing: a circle around its areas, or the border of each. */
function makeLines({ kind }, features) {
  const shapes = kind === 'ring' ? [makeRing(features)] : features.map((each) => each.geometry);
  return shapes.map((geometry) => ({ type: 'Feature', properties: { kind }, geometry }));
}

/** Lays the chosen layers, and follows the boxes; `ready` is kept once the first are there. */
export function layOver(figure, map, { geometry, canvas, words }) {
  const levels = new Map([[figure.dataset.map, Promise.resolve(indexByCode(geometry))]]);
  let markers = [];
  let turn = 0;
  map.addSource('layers', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  for (const [kind, [colour, width]] of Object.entries(LINES)) {
    map.addLayer({ id: `layer-${kind}`, type: 'line', source: 'layers', filter: ['==', ['get', 'kind'], kind], paint: { 'line-color': colour, 'line-width': width } });
  }
  // Where an intervention was may be told of finer or coarser areas than the map shows.
  const load = (level) => {
    if (!levels.has(level)) {
      const address = figure.dataset.geometry.replace(/[^/]+$/, level);
      levels.set(level, fetch(address).then(async (answer) => {
        if (!answer.ok) throw new Error(`${answer.status}`);
        return indexByCode(await answer.json());
      }));
      levels.get(level).catch(() => levels.delete(level));
    }
    return levels.get(level);
  };
  const find = async (thing) => {
    if (thing.point) return [];
    const known = await load(thing.level);
    return thing.codes.map((code) => known.get(code)).filter(Boolean);
  };
  const show = async () => {
    const mine = (turn += 1);
    const things = listChosen(figure);
    const found = await Promise.allSettled(things.map(find));
    if (mine !== turn) return;
    markers.forEach((each) => each.remove());
    markers = [];
    const lines = [];
    things.forEach((thing, at) => {
      const features = found[at].value ?? [];
      if (thing.kind in LINES) lines.push(...(features.length ? makeLines(thing, features) : []));
      else if (thing.point) markers.push(makeMarker(figure, thing, thing.point));
      else markers.push(...features.map((each) => makeMarker(figure, thing, findInside(each))));
    });
    markers.forEach((each) => each.addTo(map));
    map.getSource('layers').setData({ type: 'FeatureCollection', features: lines });
    const failed = found.some((each) => each.status === 'rejected');
    figure.querySelector('.map-fault').textContent = failed ? words.no_layer : '';
    canvas.dataset.lines = lines.length;
  };
  const follow = (event) => { if (event.target.name === 'laag') show(); };
  figure.addEventListener('change', follow);
  figure.addEventListener('map-painted', show);
  return {
    ready: show(),
    stop: () => {
      turn += 1;
      figure.removeEventListener('change', follow);
      figure.removeEventListener('map-painted', show);
    },
  };
}

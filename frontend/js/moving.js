// A map to move through, to zoom in and to choose areas on. Loaded when a reader asks for it; it
// shows the shapes and the classes of the drawing beside it, and nothing that is not in there.
import { Map as MovingMap, NavigationControl, Popup, setWorkerUrl } from './maplibre-gl.mjs';
import { layOver } from './laying.js';
import { findLinks } from './sliding.js';

const STYLES = ['k-1', 'k-2', 'k-3', 'k-4', 'k-5', 'k-none'];
const MOST = 4;

setWorkerUrl(new URL('./maplibre-gl-worker.mjs', import.meta.url).href);

export const canDraw = () => Boolean(document.createElement('canvas').getContext('webgl2'));

function addStyleSheet() {
  const address = new URL('./maplibre-gl.css', import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === address)) return Promise.resolve();
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address });
  document.head.append(link);
  return new Promise((resolve, reject) => { link.onload = resolve; link.onerror = reject; });
}

/** Gives the shapes of the areas that the drawing shows, with its class and words of each. */
function readShapes(figure, geometry) {
  const links = findLinks(figure);
  const features = geometry.features.filter((each) => links.has(each.properties.code));
  for (const { properties } of features) {
    const link = links.get(properties.code);
    properties.style = link.querySelector('path').getAttribute('class');
    properties.words = link.getAttribute('aria-label');
  }
  return { type: 'FeatureCollection', features };
}

function findBounds(shapes) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (part) => {
    if (typeof part[0] !== 'number') return part.forEach(visit);
    [bounds[0], bounds[1]] = [Math.min(bounds[0], part[0]), Math.min(bounds[1], part[1])];
    [bounds[2], bounds[3]] = [Math.max(bounds[2], part[0]), Math.max(bounds[3], part[1])];
  };
  shapes.features.forEach((each) => visit(each.geometry.coordinates));
  return bounds;
}

/** Makes the hatch for areas with too few: stripes on white, as in the drawing. */
function makeHatch() {
  const size = 8;
  const data = new Uint8Array(size * size * 4);
  for (let at = 0; at < size * size; at += 1) {
    const striped = (Math.floor(at / size) + (at % size)) % size < 2;
    data.set(striped ? [133, 136, 142, 255] : [247, 247, 245, 255], at * 4);
  }
  return { width: size, height: size, data };
}

function makeStyle(figure, shapes) {
  const colour = (name) => getComputedStyle(figure).getPropertyValue(`--rb-${name === 'k-none' ? 'none' : name.replace('-', '')}`).trim();
  const match = STYLES.flatMap((name) => [name, colour(name)]);
  return {
    version: 8,
    sources: { shapes: { type: 'geojson', data: shapes, promoteId: 'code' } },
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': '#fff' } },
      { id: 'fill', type: 'fill', source: 'shapes', paint: { 'fill-color': ['match', ['get', 'style'], ...match, '#f7f7f5'] } },
      { id: 'edge', type: 'line', source: 'shapes', paint: { 'line-color': '#5c6773', 'line-width': 0.6 } },
      { id: 'chosen', type: 'line', source: 'shapes', filter: ['in', ['get', 'code'], ['literal', []]], paint: { 'line-color': '#8a3a9f', 'line-width': 4 } },
    ],
  };
}

function addHatch(map) {
  map.addImage('few', makeHatch());
  map.addLayer({ id: 'few', type: 'fill', source: 'shapes', filter: ['==', ['get', 'style'], 'k-few'], paint: { 'fill-pattern': 'few' } }, 'edge');
}

/** Lays tiles under the shapes, or takes them away; only now is their server asked for anything. */
function followBackground(map, box, address, credit) {
  box?.addEventListener('change', () => {
    if (box.checked && !map.getSource('tiles')) {
      map.addSource('tiles', { type: 'raster', tiles: [address], tileSize: 256, attribution: credit });
      map.addLayer({ id: 'tiles', type: 'raster', source: 'tiles' }, 'fill');
    } else if (!box.checked && map.getSource('tiles')) {
      map.removeLayer('tiles');
      map.removeSource('tiles');
    }
    for (const id of ['fill', 'few']) map.setPaintProperty(id, 'fill-opacity', box.checked ? 0.6 : 1);
  });
}

/** Keeps up to four chosen areas, by click or by list, and the link that sets them side by side. */
function chooseAreas(figure, map, words) {
  const stage = figure.querySelector('.map-choose');
  if (!stage) return () => {};
  const [select, add, status, chips, link] = ['select', '.map-add', '.map-chosen', '.map-chips', '.map-compare'].map((name) => stage.querySelector(name));
  const names = new Map();
  for (const [code, each] of findLinks(figure)) names.set(code, each.querySelector('title').textContent.split(': ')[0]);
  const order = [...names].sort((one, other) => one[1].localeCompare(other[1], 'nl'));
  select.replaceChildren(...order.map(([code, name]) => new Option(name, code)));
  let chosen = [];

  const show = () => {
    map.setFilter('chosen', ['in', ['get', 'code'], ['literal', chosen]]);
    chips.replaceChildren(...chosen.map((code) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: `${names.get(code)} ×` });
      button.setAttribute('aria-label', words.remove.replace('{name}', names.get(code)));
      button.addEventListener('click', () => { toggle(code); select.focus(); });
      const item = document.createElement('li');
      item.append(button);
      return item;
    }));
    const address = new URL(figure.dataset.compare, location.href);
    for (const code of chosen) address.searchParams.append('gebied', code);
    link.href = address.href;
    link.hidden = chosen.length === 0;
    status.textContent = chosen.length ? words.chosen.replace('{names}', chosen.map((code) => names.get(code)).join(', ')) : '';
  };
  const toggle = (code) => {
    if (chosen.includes(code)) chosen = chosen.filter((each) => each !== code);
    else if (chosen.length < MOST) chosen = [...chosen, code];
    else {
      status.textContent = words.most;
      return;
    }
    show();
  };
  add.onclick = () => { if (!chosen.includes(select.value)) toggle(select.value); };
  return toggle;
}

function sayNames(map) {
  const popup = new Popup({ closeButton: false, closeOnClick: false });
  map.on('mousemove', 'fill', (event) => {
    map.getCanvas().style.cursor = 'pointer';
    popup.setLngLat(event.lngLat).setText(event.features[0].properties.words).addTo(map);
  });
  map.on('mouseleave', 'fill', () => {
    map.getCanvas().style.cursor = '';
    popup.remove();
  });
}

/** Opens the map in a figure; gives what closes it. Raises what went wrong in loading. */
export async function openMap(figure, words) {
  const [, answer] = await Promise.all([addStyleSheet(), fetch(figure.dataset.geometry)]);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const geometry = await answer.json();
  const shapes = readShapes(figure, geometry);
  const stage = figure.querySelector('.map-stage');
  const canvas = Object.assign(document.createElement('div'), { className: 'map-canvas' });
  stage.prepend(canvas);
  stage.hidden = false;
  const map = new MovingMap({
    container: canvas,
    style: makeStyle(figure, shapes),
    bounds: findBounds(shapes),
    fitBoundsOptions: { padding: 16 },
    attributionControl: { compact: false },
    dragRotate: false,
    pitchWithRotate: false,
    locale: { 'Map.Title': words.stage, 'NavigationControl.ZoomIn': words.zoom_in, 'NavigationControl.ZoomOut': words.zoom_out },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }));
  await new Promise((resolve, reject) => {
    map.once('load', resolve);
    map.once('error', ({ error }) => reject(error));
  });
  addHatch(map);
  const toggle = chooseAreas(figure, map, words);
  map.on('click', 'fill', (event) => toggle(event.features[0].properties.code));
  sayNames(map);
  followBackground(map, figure.querySelector('.map-background'), figure.dataset.background, words.credit);
  const layers = layOver(figure, map, { geometry, canvas, words });
  const repaint = () => map.getSource('shapes').setData(readShapes(figure, geometry));
  figure.addEventListener('map-painted', repaint);
  await layers.ready;
  canvas.dataset.ready = 'true';
  return () => {
    figure.removeEventListener('map-painted', repaint);
    layers.stop();
    map.remove();
    canvas.remove();
    stage.hidden = true;
  };
}

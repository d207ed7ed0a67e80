// Builds the one style sheet of the dashboard: NL Design System components and tokens, only what
// the pages use, and our own CSS after them; and copies our scripts, with the map library that one
// of them loads when it is asked for. Every file name holds the hash of its content.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postcss from 'postcss';

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, '..', 'src', 'regiebeeld', 'dashboard', 'web');
const target = join(web, 'static');

const TOKENS = '@nl-design-system-community/ma-design-tokens/dist/theme.css';
const COMPONENTS = [
  '@utrecht/document-css/dist/index.css',
  '@utrecht/breadcrumb-nav-css/dist/index.css',
  '@utrecht/button-css/dist/index.css',
  '@utrecht/form-label-css/dist/index.css',
  '@utrecht/select-css/dist/index.css',
  '@utrecht/table-css/dist/index.css',
  '@nl-design-system-candidate/data-badge-css/dist/data-badge.css',
  '@nl-design-system-candidate/heading-css/dist/heading.css',
  '@nl-design-system-candidate/link-css/dist/link.css',
  '@nl-design-system-candidate/skip-link-css/dist/skip-link.css',
];
const OWN = ['site.css', 'compare.css', 'map.css', 'profile.css', 'dark.css'];
// What a script names must stand before it, for its name holds the hash of what it names.
const LIBRARY = ['maplibre-gl.css', 'maplibre-gl-worker.mjs', 'maplibre-gl.mjs'];
const SCRIPTS = ['copy.js', 'recent.js', 'walking.js', 'sliding.js', 'layers.js', 'laying.js', 'moving.js', 'map.js'];

const readPackage = (name) => readFileSync(join(here, 'node_modules', name), 'utf8');
const readOwn = (name) => readFileSync(join(here, 'css', name), 'utf8');

/** The class names of the design system that stand in a template, read from the templates themselves. */
function readUsedClasses() {
  const folder = join(web, 'templates');
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const used = new Set(text.match(/\b(?:utrecht|nl)-[a-z0-9_-]+/g) ?? []);
  // The level of a heading is filled in by the template.
  for (const level of [1, 2, 3]) used.add(`nl-heading--level-${level}`);
  return used;
}

/** Drops every rule of which no selector can match a page. */
function dropUnusedRules(root, used) {
  root.walkRules((rule) => {
    const kept = rule.selectors.filter((selector) =>
      (selector.match(/\.((?:utrecht|nl)-[a-z0-9_-]+)/g) ?? []).every((name) => used.has(name.slice(1))),
    );
    if (kept.length === 0) rule.remove();
    else rule.selectors = kept;
  });
}

const namesIn = (text) => [...text.matchAll(/var\(\s*(--[\w-]+)/g)].map((found) => found[1]);

/** Drops tokens that no rule asks for, directly or through another token. */
function dropUnusedTokens(root) {
  const meaning = new Map();
  const wanted = [];
  root.walkDecls((decl) => {
    if (decl.prop.startsWith('--')) meaning.set(decl.prop, [...(meaning.get(decl.prop) ?? []), decl.value]);
    else wanted.push(...namesIn(decl.value));
  });
  const used = new Set();
  while (wanted.length > 0) {
    const name = wanted.pop();
    if (used.has(name)) continue;
    used.add(name);
    for (const value of meaning.get(name) ?? []) wanted.push(...namesIn(value));
  }
  root.walkDecls((decl) => {
    if (decl.prop.startsWith('--') && !used.has(decl.prop)) decl.remove();
  });
}

function squeeze(root) {
  root.walkComments((comment) => comment.remove());
  root.walk((node) => {
    node.raws.before = '';
    if (node.raws.between !== undefined) node.raws.between = node.type === 'decl' ? ':' : '';
    if (node.raws.after !== undefined) node.raws.after = '';
    node.raws.semicolon = false;
  });
  root.walkRules((rule) => { if (rule.nodes.length === 0) rule.remove(); });
  return root.toString().replace(/\s*\n\s*/g, ' ');
}

const root = postcss.parse([readPackage(TOKENS), ...COMPONENTS.map(readPackage), ...OWN.map(readOwn)].join('\n'));
dropUnusedRules(root, readUsedClasses());
dropUnusedTokens(root);
const css = `/* NL Design System: EUPL-1.2. Regiebeeld: EUPL-1.2. */\n${squeeze(root)}\n`;
const names = {};

/** Writes a file under a name with its hash, and remembers that name. */
function keep(name, text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const extension = extname(name);
  names[name] = `${name.slice(0, -extension.length)}.${hash}${extension.replace('.mjs', '.js')}`;
  writeFileSync(join(target, names[name]), text);
  console.log(`${names[name]}: ${text.length} bytes`);
}

/** Lets a script name other files by the names they have here; a name that is not there is a fault. */
function rename(text) {
  return text.replace(/(['"])\.\/([a-z-]+\.(?:js|mjs|css))\1/g, (_, quote, name) => {
    if (!(name in names)) throw new Error(`${name} stands behind the script that names it`);
    return `${quote}./${names[name]}${quote}`;
  });
}

const dropSourceMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');

mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) if (/^([a-z-]+\.[0-9a-f]{16}\.(css|js)|assets\.json)$/.test(name)) rmSync(join(target, name));
keep('site.css', css);
for (const name of LIBRARY) keep(name, dropSourceMap(readPackage(`maplibre-gl/dist/${name}`)));
for (const name of SCRIPTS) keep(name, rename(readFileSync(join(here, 'js', name), 'utf8')));
writeFileSync(join(target, 'assets.json'), JSON.stringify(names) + '\n');

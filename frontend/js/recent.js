// Keeps which pages a reader opened last, in this browser alone, and lists them where one searches.
// Only titles and addresses of our own pages; nothing is sent. Not a module: on the page to search
// on it runs before what stands below the list is drawn, so that nothing moves.
(() => {
  const MOST = 8;
  const LONGEST = 1000;
  const START = 'regiebeeld.recent.';
  const main = document.querySelector('main');
  const key = `${START}${main.dataset.shelf}`;
  const here = location.pathname + location.search;

  const isOurs = (each) => typeof each?.title === 'string' && typeof each.address === 'string'
    && /^\/(?![/\\])/.test(each.address);
  // A browser may refuse to keep anything, and what it kept may be damaged: then the list is empty.
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? '[]').filter(isOurs).slice(0, MOST);
    } catch {
      return [];
    }
  };
  const keep = (pages) => {
    try {
      localStorage.setItem(key, JSON.stringify(pages));
    } catch { /* the list is a convenience */ }
  };
  const forget = () => {
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(START)) localStorage.removeItem(name);
    } catch { /* nothing was kept */ }
  };
  const pathOf = (address) => address.split('?')[0];

  const show = (block) => {
    const pages = read().filter((each) => each.address !== here);
    block.querySelector('.recent-list').replaceChildren(...pages.map(({ title, address, language }) => {
      const link = Object.assign(document.createElement('a'), { className: 'nl-link', href: address, textContent: title });
      if (language && language !== document.documentElement.lang) link.lang = link.hreflang = language;
      const item = document.createElement('li');
      item.append(link);
      return item;
    }));
    block.querySelector('.recent-none').hidden = pages.length > 0;
    block.querySelector('.recent-forget').hidden = pages.length === 0;
  };

  // With other choices a page takes the place of itself: a list of one page eight times helps nobody.
  const title = main.dataset.recent;
  if (title && here.length <= LONGEST) {
    const others = read().filter((each) => each.title !== title || pathOf(each.address) !== location.pathname);
    keep([{ title, address: here, language: document.documentElement.lang }, ...others].slice(0, MOST));
  }
  const blocks = [...document.querySelectorAll('.recent')];
  blocks.forEach(show);
  for (const block of blocks) {
    block.querySelector('.recent-forget button').addEventListener('click', () => {
      forget();
      blocks.forEach(show);
      const status = block.querySelector('[role="status"]');
      status.textContent = status.dataset.done;
      block.querySelector('.recent-none').hidden = true;
      block.querySelector('.recent-head').focus();
    });
  }
})();

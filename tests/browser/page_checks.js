// What the checks of page_checks.py ask of the page.
window.tonganChecks = {
  // Bars that stick lie over whatever scrolls under them just now: axe would measure that as too small to hit.
  lieStill: () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.topbar, .action-bar, .bottom-bar, .bulk-bar, .report-send { position: static !important }');
    document.adoptedStyleSheets = [sheet];
  },
  // It fits, has one heading and a title of its own, and no words are clipped.
  look: () => {
    const said = [], root = document.documentElement;
    const wider = root.scrollWidth - root.clientWidth;
    if (wider > 0) {
      const out = [...document.body.querySelectorAll('*')].filter((each) =>
        each.getBoundingClientRect().right > root.clientWidth + 1 && getComputedStyle(each).position !== 'fixed');
      said.push(`${wider} px too wide: ${out.slice(0, 3).map((each) => each.outerHTML.slice(0, 90)).join(' ')}`);
    }
    const heads = document.querySelectorAll('h1').length;
    if (heads !== 1) said.push(`${heads} h1`);
    if (!/\S+ · \S+/.test(document.title)) said.push(`the title is only “${document.title}”`);
    const clipped = [...document.querySelectorAll('main :is(h1, h2, h3, button, .btn, th, dt, label, .pill, .chip)')].filter(
      (each) => !each.closest('.visually-hidden') && each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible');
    for (const each of clipped.slice(0, 3)) said.push(`clipped: ${each.outerHTML.slice(0, 90)}`);
    return said;
  },
  // Prepare a round by Tab: what can be used, and what each is like while it has the focus. Of a group of tabs or radio
  // buttons one is reached by Tab, the others by arrows (ARIA's own pattern).
  mark: () => {
    const used = (() => [...document.querySelectorAll(
      'a[href], button, input:not([type=hidden]), select, textarea, summary, [onclick], [tabindex], [contenteditable=true],' +
      '[role=button], [role=link], [role=checkbox], [role=radio], [role=tab], [role=menuitem], [role=combobox]')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: false })
      && !each.disabled && !each.closest('[inert], [aria-hidden=true]') && each.getClientRects().length > 0))();
    const groups = new Map();
    const stops = used.filter((each) => {
      if (each.tabIndex < 0) return false;
      const group = each.type === 'radio' && each.name ? `radio ${each.name}` : null;
      if (group === null) return true;
      if (groups.has(group)) return false;
      groups.set(group, each);
      return true;
    });
    const roving = (each) => each.matches('[role=tab]') && each.closest('[role=tablist]')?.querySelector('[tabindex="0"], [role=tab]:not([tabindex])');
    const deaf = used.filter((each) => each.tabIndex < 0 && !roving(each)
      && !each.matches('.fjs-number-arrow-up, .fjs-number-arrow-down')  // the number's own field has the arrow keys
      && each.matches('a, button, input, select, textarea, summary, [onclick], [role=button], [role=link]'));
    const covered = (each) => {
      const box = each.getBoundingClientRect();
      if (box.width <= 1 || box.height > innerHeight / 2) return false;
      const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
      return !points.some(([x, y]) => {
        const top = document.elementFromPoint(x, y);
        return top === null || each.contains(top) || top.contains(each);
      });
    };
    window.tonganTab = { seen: new Set(), dim: [], hidden: [] };
    document.addEventListener('focusin', (event) => {
      const each = event.target, tab = window.tonganTab, style = getComputedStyle(each);
      tab.seen.add(each);
      const ring = (of) => of.outlineStyle !== 'none' && parseFloat(of.outlineWidth) >= 2;
      const around = each.closest('.fjs-input-group');
      const ringed = ring(style) || style.boxShadow !== 'none' || (around && ring(getComputedStyle(around)));
      if (!ringed) tab.dim.push(each.outerHTML.slice(0, 90));
      // A browser scrolls to what gets the focus before it says so or after: covered is what is covered at both times.
      if (tab.before?.isConnected && tab.wasCovered && covered(tab.before)) tab.hidden.push(tab.before.outerHTML.slice(0, 90));
      tab.before = each;
      tab.wasCovered = covered(each);
    });
    window.tonganStops = stops;
    const inner = stops.filter((each) => /^(date|time|month|week)/.test(each.type)).length;  // a date has stops inside
    return { stops: stops.length + 8 * inner, deaf: deaf.map((each) => each.outerHTML.slice(0, 90)) };
  },
  // How the round went.
  reached: () => {
    const { seen, dim, hidden } = window.tonganTab;
    const group = (each) => each.type === 'radio' && [...seen].some((other) => other.name === each.name);
    const missed = window.tonganStops.filter((each) => !seen.has(each) && !group(each) && each.isConnected);
    return { missed: missed.map((each) => each.outerHTML.slice(0, 90)), dim, hidden, seen: seen.size };
  },
};

// The inbox under the hands: keys, ticks with their bar, and the right pane of a wide screen.
import { Modal } from 'bootstrap';

const WIDE = window.matchMedia('(min-width: 1200px)');

function links(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>('[data-rows] a[data-row]')];
}

/** The row that has the focus, or the one that stands open in the pane. */
function present(): HTMLAnchorElement | null {
  const row = document.activeElement?.closest('tr') ?? document.querySelector('[data-rows] tr.is-open');
  return row?.querySelector<HTMLAnchorElement>('a[data-row]') ?? null;
}

function walk(step: number): void {
  const all = links();
  const here = present();
  const at = here ? all.indexOf(here) : -1;
  all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
}

function tickOf(row: HTMLAnchorElement | null): HTMLInputElement | null {
  return row?.closest('tr')?.querySelector<HTMLInputElement>('input[name=task]') ?? null;
}

/** c takes one task alone, whatever is ticked. */
function claim(row: HTMLAnchorElement | null): void {
  const tick = tickOf(row);
  const button = document.querySelector<HTMLButtonElement>('[data-bulk] button[formaction$="/claim"]');
  if (!tick || !button || !('claimable' in tick.dataset)) {
    return;
  }
  for (const other of ticks()) {
    other.checked = other === tick;
  }
  tick.form?.requestSubmit(button);
}

function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const typing = target.closest('textarea, select, [contenteditable], input:not([type=checkbox])');
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('.modal.show')) {
    return;
  }
  if (event.key === '?' && document.getElementById('keys')) {
    showKeys();
  } else if (links().length === 0 && event.key !== '/') {
    return;
  } else if (event.key === 'j' || event.key === 'k') {
    walk(event.key === 'j' ? 1 : -1);
  } else if (event.key === 'c') {
    claim(present());
  } else if (event.key === 'x') {
    tickOf(present())?.click();
  } else if (event.key === '/') {
    const search = document.querySelector<HTMLInputElement>('.filters input[type=search]');
    if (!search) {
      return;
    }
    search.focus();
  } else if (event.key === 'Escape') {
    closePane();
    return;
  } else {
    return;
  }
  event.preventDefault();
}

function showKeys(): void {
  Modal.getOrCreateInstance('#keys').show();
}

function ticks(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>('[data-rows] input[name=task]')];
}

/** The bar with what can be done to the ticked rows is there as long as one is ticked. */
function showBar(): void {
  const count = ticks().filter((tick) => tick.checked).length;
  const bar = document.querySelector<HTMLElement>('[data-bulk]');
  if (bar) {
    bar.hidden = count === 0;
    bar.querySelector('[data-ticked]')!.textContent = String(count);
  }
  const all = document.querySelector<HTMLInputElement>('[data-tick-all]');
  if (all) {
    all.checked = count > 0 && count === ticks().length;
    all.indeterminate = count > 0 && !all.checked;
  }
}

function onChange(event: Event): void {
  const box = event.target as HTMLInputElement;
  if (box.matches('[data-tick-all]')) {
    ticks().forEach((tick) => (tick.checked = box.checked));
  }
  if (box.matches('[data-tick-all], [data-rows] input[name=task]')) {
    showBar();
  }
}

/** On a wide screen a row opens beside the list. */
function openInPane(event: MouseEvent, link: HTMLAnchorElement): void {
  const pane = document.querySelector<HTMLElement>('.pane');
  if (!pane || !WIDE.matches || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  event.preventDefault();
  document.querySelector('[data-rows] tr.is-open')?.classList.remove('is-open');
  link.closest('tr')?.classList.add('is-open');
  pane.hidden = false;
  pane.querySelector('[data-pane-title]')!.textContent = link.textContent;
  pane.querySelector<HTMLAnchorElement>('[data-pane-open]')!.href = link.href;
  pane.querySelector('iframe')!.src = link.href;
  pane.closest('.inbox-split')?.classList.add('is-split');
}

function closePane(): void {
  const pane = document.querySelector<HTMLElement>('.pane:not([hidden])');
  if (!pane) {
    return;
  }
  pane.hidden = true;
  pane.querySelector('iframe')!.src = 'about:blank';
  pane.closest('.inbox-split')?.classList.remove('is-split');
  const open = document.querySelector<HTMLElement>('[data-rows] tr.is-open');
  open?.classList.remove('is-open');
  open?.querySelector<HTMLElement>('a[data-row]')?.focus();
}

function onClick(event: MouseEvent): void {
  const target = event.target as HTMLElement;
  const link = target.closest<HTMLAnchorElement>('[data-rows] a[data-row]');
  if (link) {
    openInPane(event, link);
  } else if (target.closest('[data-pane-close]')) {
    closePane();
  } else if (target.closest('[data-help]')) {
    showKeys();
  } else if (target.closest('[data-untick]')) {
    ticks().forEach((tick) => (tick.checked = false));
    showBar();
  }
}

/** What leads out of a task (the list, another page) leaves the pane with it: the list is drawn anew. */
function leavePane(): void {
  if (window.top && window.top !== window.self && !window.location.pathname.startsWith('/tasks/')) {
    window.top.location.assign(window.location.href);
  }
}

leavePane();
document.addEventListener('keydown', onKey);
document.addEventListener('change', onChange);
document.addEventListener('click', onClick);
document.addEventListener('htmx:afterSwap', showBar);
window.addEventListener('pageshow', showBar);

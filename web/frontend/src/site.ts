// What every page loads: Bootstrap, icons, htmx and our own rules.
import 'bootstrap/dist/css/bootstrap.css';
import 'bootstrap-icons/font/bootstrap-icons.css';
import './site.css';
import { Collapse, Dropdown, Modal } from 'bootstrap';
import htmx from 'htmx.org';

// Bootstrap finds its elements by attribute once these are loaded; htmx likewise.
export const loaded = { Collapse, Dropdown, Modal, htmx };

/** j and k walk the rows of a list, Enter opens one: a clerk's hands stay on the keys. */
function walkRows(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (target.closest('input, textarea, select, [contenteditable]') || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const links = [...document.querySelectorAll<HTMLAnchorElement>('[data-rows] a[data-row]')];
  if (links.length === 0 || !['j', 'k'].includes(event.key)) {
    return;
  }
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  const next = event.key === 'j' ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
  links[next].focus();
  event.preventDefault();
}

/** A click outside an open pop-over, or Escape, closes it. */
function closePopovers(event: Event): void {
  const inside = event.type === 'click' ? (event.target as HTMLElement).closest('details.popover-chip') : null;
  if (event instanceof KeyboardEvent && event.key !== 'Escape') {
    return;
  }
  for (const open of document.querySelectorAll<HTMLDetailsElement>('details.popover-chip[open]')) {
    if (open !== inside) {
      open.open = false;
    }
  }
}

/** A form that was sent once is not sent twice by an impatient double click. */
function sendOnce(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method.toLowerCase() !== 'post') {
    return;
  }
  if (form.dataset.sent === 'yes') {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  window.setTimeout(() => delete form.dataset.sent, 4000);
}

document.addEventListener('keydown', walkRows);
document.addEventListener('keydown', closePopovers);
document.addEventListener('click', closePopovers);
document.addEventListener('submit', sendOnce);
document.addEventListener('click', (event) => {
  if ((event.target as HTMLElement).closest('[data-print]')) {
    window.print();
  }
});
/** A part of the page that could not be fetched says so where it was asked for. */
function tellFailure(event: Event): void {
  const said = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt.querySelector<HTMLElement>('[data-failed]');
  if (said) {
    said.hidden = false;
  }
}
document.body.addEventListener('htmx:responseError', tellFailure);
document.body.addEventListener('htmx:sendError', tellFailure);
document.querySelector<HTMLElement>('[data-focus]')?.focus();

// What every page loads: Bootstrap, icons, htmx and our own rules.
import './bootstrap.scss';
import 'bootstrap-icons/font/bootstrap-icons.css';
import './tokens.css';
import './frame.css';
import './site.css';
import './inbox.css';
import { Collapse, Dropdown, Modal } from 'bootstrap';
import htmx from 'htmx.org';
import { busyWhileSent } from './busy';
import './inbox';
import './leaving';

// Bootstrap finds its elements by attribute once these are loaded; htmx likewise.
export const loaded = { Collapse, Dropdown, Modal, htmx };

const POPOVERS = 'details.popover-chip[open], details.more[open]';

/** A click outside an open pop-over, or Escape, closes it. */
function closePopovers(event: Event): void {
  const inside = event.type === 'click' ? (event.target as HTMLElement).closest(POPOVERS) : null;
  if (event instanceof KeyboardEvent && event.key !== 'Escape') {
    return;
  }
  for (const open of document.querySelectorAll<HTMLDetailsElement>(POPOVERS)) {
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
  busyWhileSent(form, event.submitter);
  window.setTimeout(() => delete form.dataset.sent, 4000);
}

/** Fold the rail to its icons or unfold it; the cookie lets the server draw the next page so from the start. */
function foldRail(event: Event): void {
  const button = (event.target as HTMLElement).closest<HTMLElement>('[data-fold]');
  const frame = button?.closest('.frame');
  if (!button || !frame) {
    return;
  }
  const folded = frame.classList.toggle('is-folded');
  button.setAttribute('aria-expanded', String(!folded));
  button.querySelector('.label')!.textContent = (folded ? button.dataset.unfold : button.dataset.fold) ?? '';
  document.cookie = `rail=${folded ? 'folded' : 'open'}; path=/; max-age=31536000; samesite=lax`;
}

document.addEventListener('click', foldRail);
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
// What was done is said first: a reader who hears the page starts there, and the keys go on from there.
document.querySelector<HTMLElement>('main > .flash[tabindex]')?.focus({ preventScroll: false });

document.addEventListener('click', (event) => {
  if ((event.target as HTMLElement).closest('[data-back]')) {
    window.history.back(); // the browser keeps what was typed there
  }
});

/** The dialog of a menu's entry closes: the entry is hidden by then, so the keys go back to the menu's button. */
document.addEventListener('hidden.bs.modal', (event) => {
  const opener = document.querySelector(`.dropdown-menu [data-bs-target="#${(event.target as HTMLElement).id}"]`);
  opener?.closest('.dropup, .dropdown')?.querySelector<HTMLElement>('[data-bs-toggle="dropdown"]')?.focus();
});

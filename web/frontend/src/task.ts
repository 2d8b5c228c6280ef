// The task's page beside its form: tabs, pictures to look at, names after an @.
import './task.css';
import { Tab } from 'bootstrap';

export const loaded = { Tab };

/** The address names a tab: after a remark the remarks are open. */
function openNamedTab(): void {
  const named = window.location.hash.slice(1);
  const tab = named && document.getElementById(`tab-${named}`);
  if (tab) {
    Tab.getOrCreateInstance(tab).show();
  }
}

/** A picture is looked at over the page, so that the form stays where it is. */
function look(event: Event): void {
  const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[data-look]');
  const dialog = document.querySelector<HTMLDialogElement>('#look');
  if (!link || !dialog) {
    return;
  }
  event.preventDefault();
  const picture = dialog.querySelector('img')!;
  picture.src = link.href;
  picture.alt = link.dataset.look ?? '';
  dialog.querySelector('h2')!.textContent = link.dataset.look ?? '';
  dialog.showModal();
}

/** A name chosen from the list stands in the text after an @. */
function name(event: Event): void {
  const list = (event.target as HTMLElement).closest<HTMLSelectElement>('select[data-names]');
  if (!list || !list.value) {
    return;
  }
  const text = document.querySelector<HTMLTextAreaElement>(list.dataset.names!)!;
  text.value = `${text.value}${text.value && !text.value.endsWith(' ') ? ' ' : ''}@${list.value} `;
  list.value = '';
  text.focus();
}

document.addEventListener('click', look);
document.addEventListener('change', name);
document.querySelector('[data-look-close]')?.addEventListener('click', () => document.querySelector<HTMLDialogElement>('#look')?.close());
openNamedTab();

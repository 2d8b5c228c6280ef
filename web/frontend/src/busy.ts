// Work that takes longer than a blink says so: beside its button, for eyes and for ears, until the answer is there.
import { said } from './words';

const BLINK_MS = 500;

/** Mark a button's work as going on; answers how to end it. `text` says what is being done. */
export function busy(button: HTMLElement | null, text = ''): () => void {
  const note = Object.assign(document.createElement('span'), { className: 'busy-note', role: 'status' });
  button?.setAttribute('aria-busy', 'true');
  const timer = window.setTimeout(() => {
    button?.after(note);
    // A status is heard when its words change, not when it is put there with them.
    window.setTimeout(() => (note.textContent = text || said('正在办理,请稍候……')), 50);
  }, BLINK_MS);
  return () => {
    window.clearTimeout(timer);
    button?.removeAttribute('aria-busy');
    note.remove();
  };
}

let end: (() => void) | null = null;

/** A form that the browser sends: busy until its answer is another page, or a file, which tells nobody. */
export function busyWhileSent(form: HTMLFormElement, button: HTMLElement | null): void {
  end?.();
  end = busy(button, form.dataset.busy);
  if ('download' in form.dataset) {
    window.setTimeout(() => end?.(), 5000);
  }
}

/** Back on a page that the browser kept as it was left. */
window.addEventListener('pageshow', () => end?.());

// Keeps what is typed on the server while it is typed. The mark says when it was kept last, or why it was not.
import type { Form } from '@bpmn-io/form-js-viewer';
import { send } from './upload';
import { said } from './words';

export interface DraftPlace {
  address: string;
  revision: number;
  saved_at: string;
}

/** So long after the last key a draft is kept; after a failure it is tried again. */
const PAUSE_MS = 1500;
const AGAIN_MS = 10_000;

const mark = document.querySelector<HTMLElement>('#draft-state');

function say(text: string, isProblem = false): void {
  if (mark) {
    mark.textContent = text;
    mark.classList.toggle('is-problem', isProblem);
  }
}

/** Begin to keep the form's draft; answers how to stop, once the form was submitted. The page may be left without a question while everything is kept. */
export function keepDraft(form: Form, place: DraftPlace): () => void {
  let revision = place.revision;
  let timer = 0;
  let going: Promise<void> = Promise.resolve();
  const typed = (): string => JSON.stringify((form as any)._getSubmitData());
  let known = typed();
  let dirty = false;
  let stopped = false;

  const save = async (): Promise<void> => {
    if (!dirty || stopped) {
      return;
    }
    dirty = false;
    const body = new FormData();
    const fields = typed();
    body.set('fields', fields);
    body.set('revision', String(revision));
    const reply = await send(place.address, body);
    const answer = (await reply?.json().catch(() => ({}))) as { revision?: number; saved_at?: string; title?: string } | undefined;
    if (reply?.ok && answer?.revision) {
      revision = answer.revision;
      known = fields;
      say(said('已保存 {time}', { time: answer.saved_at ?? '' }));
      if (!dirty) {
        window.onbeforeunload = null;
      }
      return;
    }
    dirty = true;
    if (reply?.status === 409) {
      stopped = true;
      say(answer?.title ?? said('草稿没有保存:另一个窗口保存了更新的草稿。'), true);
    } else if (reply?.status === 401) {
      say(said('草稿没有保存:登录已失效,请在新窗口重新登录。'), true);
      later(AGAIN_MS);
    } else {
      say(reply ? (answer?.title ?? said('草稿没有保存。')) : said('草稿没有保存:网络不通,稍后自动再试。'), true);
      later(AGAIN_MS);
    }
  };
  const flush = (): Promise<void> => (going = going.then(save));
  const later = (pause: number): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void flush(), pause);
  };

  form.on('changed', () => {
    if (typed() === known) {
      return; // the form tells of itself too, not only of the hand that types
    }
    dirty = true;
    window.onbeforeunload = () => true;
    later(PAUSE_MS);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      void flush();
    }
  });
  // Whatever else is done with the task is done with the latest draft.
  document.addEventListener('submit', (event) => {
    const other = event.target as HTMLFormElement;
    if (other.id === 'task-form' || !dirty || other.method.toLowerCase() !== 'post') {
      return;
    }
    event.preventDefault();
    void flush().then(() => {
      window.onbeforeunload = null;
      other.submit();
    });
  }, true);
  if (place.revision > 0) {
    say(said('已恢复 {time} 保存的草稿', { time: place.saved_at }));
  }
  return () => {
    stopped = true;
    window.clearTimeout(timer);
  };
}

// Draws a task's form and sends it. Nothing typed is lost: a refusal, a lost session or a lost network leaves the page as
// it is and says what to do.
import { Form } from '@bpmn-io/form-js-viewer';
import '@bpmn-io/form-js-viewer/dist/assets/form-js-base.css';
import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import './form.css';
import { busy as working } from './busy';
import { ChineseModule, missing } from './chinese';
import { type DraftPlace, keepDraft } from './draft';
import { CountyFieldsModule, knownFiles } from './fields';
import { CountyRulesModule, ownProblems as listProblems, setNow } from './rules';
import { send } from './upload';
import { said } from './words';

export interface Problem {
  field: string;
  message: string;
}

interface FormPage {
  schema: Record<string, unknown>;
  data: Record<string, unknown>;
  problems: Problem[];
  files: Record<string, string>;
  readonly: boolean;
  draft?: DraftPlace | null;
  now?: string | null;
}

const mount = document.querySelector<HTMLElement>('#task-form-fields');
const holder = document.querySelector<HTMLFormElement>('#task-form');
let stopDraft: (() => void) | undefined;
const summary = document.querySelector<HTMLElement>('#form-summary');

interface Place {
  id: string;
  indexes?: Record<string, number>;
  valuePath: (string | number)[];
}

/** Where on the page a value stands, by the name that both sides have for it, e.g. results[0].benefit. */
function findPlace(form: Form, name: string): Place | undefined {
  const shown = form.get<any>('formFieldInstanceRegistry').getAllKeyed() as Place[];
  const field = (form.get<any>('formFieldRegistry').getAll() as any[]).find((one) => [one.key, one.path, one.id].includes(name));
  return shown.find((one) => placeOf(one.valuePath) === name) ?? (field && { id: field.id, valuePath: [name] });
}

/** The first element of a field that can take the focus. */
function elementOf(form: Form, name: string): HTMLElement | null {
  const place = findPlace(form, name);
  if (!place) {
    return null;
  }
  const rows = Object.values(place.indexes ?? {}).map((index) => `_${index}`).join('');
  const id = CSS.escape(`fjs-form-${(form as any)._id}-${place.id}${rows}`);
  return (
    mount!.querySelector<HTMLElement>(`[id^="${id}"]:is(input, textarea, select, button)`) ??
    mount!.querySelector<HTMLElement>(`[name^="${id}"]`) ??
    mount!.querySelector<HTMLElement>(`[id^="${id}"]`)
  );
}

function labelOf(form: Form, name: string): string {
  const field = form.get<any>('formFieldRegistry').get(findPlace(form, name)?.id);
  return (field?.type === 'datetime' ? (field.subtype === 'time' ? field.timeLabel : field.dateLabel) : field?.label) ?? field?.label ?? name;
}

/** The summary above the form: a sentence and a link to each field. */
export function showSummary(form: Form, title: string, problems: Problem[]): void {
  if (!summary) {
    return;
  }
  const heading = document.createElement('h2');
  heading.className = 'h6 mb-1';
  heading.textContent = title;
  const list = document.createElement('ul');
  list.className = 'mb-0';
  for (const problem of problems) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = '#';
    link.textContent = problem.message.includes(labelOf(form, problem.field))
      ? problem.message
      : `${labelOf(form, problem.field)}:${problem.message}`;
    link.addEventListener('click', (event) => {
      event.preventDefault();
      const element = elementOf(form, problem.field);
      element?.scrollIntoView({ block: 'center' });
      element?.focus();
    });
    item.append(link);
    list.append(item);
  }
  summary.replaceChildren(heading, list);
  summary.hidden = false;
  summary.focus();
  summary.scrollIntoView({ block: 'nearest' });
}

export function showAtFields(form: Form, problems: Problem[]): void {
  const errors: Record<string, any> = {};
  for (const problem of problems) {
    const place = findPlace(form, problem.field);
    if (!place) {
      continue;
    }
    const path = [place.id, ...Object.values(place.indexes ?? {})];
    const last = path.pop()!;
    const at = path.reduce((inner: any, step) => (inner[step] ??= []), errors);
    at[last] = [...(at[last] ?? []), problem.message];
  }
  form._setState({ errors });
}

/** A form that speaks Chinese, has the county's fields and keeps the server's rules. */
export function countyForm(container: HTMLElement): Form {
  // Without a delay: text typed just before another field changes would be lost.
  return new Form({
    container,
    debounce: false,
    additionalModules: [ChineseModule, CountyFieldsModule, CountyRulesModule],
  } as any);
}

/** The page's verdict: what would be sent, and what stands against it, by the field's place as the server names it. */
export function judged(form: Form): { data: Record<string, unknown>; problems: Problem[] } {
  const { data, errors } = form.submit() as { data: Record<string, any>; errors: Record<string, any> };
  const problems: Problem[] = [];
  for (const one of form.get<any>('formFieldInstanceRegistry').getAll() as Place[]) {
    const field = form.get<any>('formFieldRegistry').get(one.id);
    const name = placeOf(one.valuePath);
    if (field.type === 'dynamiclist') {
      // form-js judges what stands in the rows, not how many there are.
      problems.push(...listProblems(field, data[name]).map((message) => ({ field: name, message })));
      continue;
    }
    const told = Object.values(one.indexes ?? {}).reduce((found: any, index) => found?.[index], errors[one.id]);
    if (Array.isArray(told) && told.length) {
      problems.push({ field: name, message: told.flat().join(' ') });
    }
  }
  return { data, problems };
}

/** Where a value stands, e.g. results[0].benefit. */
function placeOf(path: (string | number)[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index ? `.${part}` : part)).join('');
}

async function sendForm(form: Form, fields: Record<string, unknown>): Promise<void> {
  const body = new FormData(holder!);
  body.set('fields', JSON.stringify(fields));
  const reply = await send(holder!.action, body);
  if (!reply) {
    showSummary(form, said('没有提交成功:网络不通。所填内容仍在本页,请稍后再按一次提交。'), []);
    return;
  }
  const answer = (await reply.json().catch(() => ({}))) as { location?: string; title?: string; problems?: Problem[] };
  if (reply.ok && answer.location) {
    stopDraft?.();
    window.onbeforeunload = null;
    window.location.assign(answer.location);
    return;
  }
  if (reply.status === 401) {
    showSummary(form, said('登录已失效。所填内容仍在本页:请在新窗口重新登录,然后回到本页再按一次提交。'), []);
    const link = Object.assign(document.createElement('a'), { href: '/login', target: '_blank', textContent: said('打开新窗口登录'), rel: 'noopener' });
    summary!.append(link);
    return;
  }
  showAtFields(form, answer.problems ?? []);
  if (reply.status === 409 && holder!.dataset.task) {
    showSummary(form, answer.title ?? said('没有提交成功。'), []);
    const link = Object.assign(document.createElement('a'), { href: holder!.dataset.task, textContent: said('对照查看对方提交的内容和您的草稿') });
    summary!.append(link);
    return;
  }
  showSummary(form, answer.title ?? said('没有提交成功,请稍后再试。所填内容仍在本页。'), answer.problems ?? []);
}

/** Two labels of form-js do not go through its translation. */
export function relabel(): void {
  for (const button of mount!.querySelectorAll('[aria-label^="Remove list item"]')) {
    const number = /Remove list item (\d+)/.exec(button.getAttribute('aria-label')!)![1];
    button.setAttribute('aria-label', said('删除第 {number} 行', { number }));
  }
}

async function draw(page: FormPage): Promise<void> {
  for (const [id, name] of Object.entries(page.files)) {
    knownFiles.set(id, name);
  }
  mount!.replaceChildren();
  setNow(page.now);
  const form = countyForm(mount!);
  await form.importSchema(page.schema as any, page.data as any);
  mount!.querySelectorAll('form').forEach((element) => element.setAttribute('aria-label', document.title));
  new MutationObserver(relabel).observe(mount!, { childList: true, subtree: true });
  relabel();
  mount!.dataset.ready = 'yes';
  (window as any).tonganMissing = missing;
  if (page.readonly) {
    form.setProperty('readOnly', true);
    return;
  }
  if (page.problems.length) {
    showAtFields(form, page.problems);
    showSummary(form, said('请先改正下面各项:'), page.problems);
  }
  if (page.draft?.address) {
    stopDraft = keepDraft(form, page.draft);
  } else {
    form.on('changed', () => (window.onbeforeunload = () => true));
  }
  form.on('submit', 0, () => undefined);
  if (!holder) {
    return; // filled in for somebody else, who submits it
  }
  let busy = false;
  holder.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    const { data, problems } = judged(form);
    if (problems.length) {
      showSummary(form, said('还有 {count} 项需要改正:', { count: problems.length }), problems);
      return;
    }
    busy = true;
    holder.classList.add('is-sending');
    const done = working(document.querySelector<HTMLElement>('.action-bar .btn-primary'), said('正在提交……'));
    void sendForm(form, data).finally(() => {
      busy = false;
      done();
      holder.classList.remove('is-sending');
    });
  });
}

// Tests judge many submissions on one page (tests/browser/test_forms_agree.py).
(window as any).tonganForms = { countyForm, judged, setNow };

const data = document.querySelector('#task-form-data')?.textContent;
if (mount && data) {
  void draw(JSON.parse(data) as FormPage);
}

// Draws a task's form and sends it. Nothing typed is lost: a refusal, a lost session or a lost network leaves the page as
// it is and says what to do.
import { Form } from '@bpmn-io/form-js-viewer';
import '@bpmn-io/form-js-viewer/dist/assets/form-js-base.css';
import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import './form.css';
import { ChineseModule, missing } from './chinese';
import { CountyFieldsModule, knownFiles } from './fields';
import { send } from './upload';

interface Problem {
  field: string;
  message: string;
}

interface FormPage {
  schema: Record<string, unknown>;
  data: Record<string, unknown>;
  problems: Problem[];
  files: Record<string, string>;
  readonly: boolean;
}

const mount = document.querySelector<HTMLElement>('#task-form-fields');
const holder = document.querySelector<HTMLFormElement>('#task-form');
const summary = document.querySelector<HTMLElement>('#form-summary');

/** The first element of a field that can take the focus. */
function elementOf(form: Form, key: string): HTMLElement | null {
  for (const field of form.get<any>('formFieldRegistry').getAll() as { key?: string; id: string }[]) {
    if (field.key === key || field.id === key) {
      const id = `fjs-form-${(form as any)._id}-${field.id}`;
      return (
        mount!.querySelector<HTMLElement>(`[id^="${CSS.escape(id)}"]:is(input, textarea, select, button)`) ??
        mount!.querySelector<HTMLElement>(`[name^="${CSS.escape(id)}"]`) ??
        mount!.querySelector<HTMLElement>(`[id^="${CSS.escape(id)}"]`)
      );
    }
  }
  return null;
}

function labelOf(form: Form, key: string): string {
  const field = (form.get<any>('formFieldRegistry').getAll() as any[]).find((one) => one.key === key || one.id === key);
  return (field?.type === 'datetime' ? (field.subtype === 'time' ? field.timeLabel : field.dateLabel) : field?.label) ?? field?.label ?? key;
}

/** The summary above the form: a sentence and a link to each field. */
function showSummary(form: Form, title: string, problems: Problem[]): void {
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

function showAtFields(form: Form, problems: Problem[]): void {
  const errors: Record<string, string[]> = {};
  for (const problem of problems) {
    for (const field of form.get<any>('formFieldRegistry').getAll() as { key?: string; id: string }[]) {
      if (field.key === problem.field) {
        errors[field.id] = [...(errors[field.id] ?? []), problem.message];
      }
    }
  }
  form._setState({ errors });
}

function ownProblems(form: Form, errors: Record<string, unknown>): Problem[] {
  return Object.entries(errors).map(([id, messages]) => ({
    field: form.get<any>('formFieldRegistry').get(id)?.key ?? id,
    message: Array.isArray(messages) ? messages.flat().join(' ') : '此项填写有误。',
  }));
}

async function sendForm(form: Form, fields: Record<string, unknown>): Promise<void> {
  const body = new FormData(holder!);
  body.set('fields', JSON.stringify(fields));
  const reply = await send(holder!.action, body);
  if (!reply) {
    showSummary(form, '没有提交成功:网络不通。所填内容仍在本页,请稍后再按一次提交。', []);
    return;
  }
  const answer = (await reply.json().catch(() => ({}))) as { location?: string; title?: string; problems?: Problem[] };
  if (reply.ok && answer.location) {
    window.onbeforeunload = null;
    window.location.assign(answer.location);
    return;
  }
  if (reply.status === 401) {
    showSummary(form, '登录已失效。所填内容仍在本页:请在新窗口重新登录,然后回到本页再按一次提交。', []);
    const link = Object.assign(document.createElement('a'), { href: '/login', target: '_blank', textContent: '打开新窗口登录', rel: 'noopener' });
    summary!.append(link);
    return;
  }
  showAtFields(form, answer.problems ?? []);
  showSummary(form, answer.title ?? '没有提交成功,请稍后再试。所填内容仍在本页。', answer.problems ?? []);
}

/** Two labels of form-js do not go through its translation. */
function relabel(): void {
  for (const button of mount!.querySelectorAll('[aria-label^="Remove list item"]')) {
    button.setAttribute('aria-label', button.getAttribute('aria-label')!.replace(/Remove list item (\d+)/, '删除第 $1 行'));
  }
}

async function draw(page: FormPage): Promise<void> {
  for (const [id, name] of Object.entries(page.files)) {
    knownFiles.set(id, name);
  }
  mount!.replaceChildren();
  // Without a delay: text typed just before another field changes would be lost.
  const form = new Form({ container: mount!, debounce: false, additionalModules: [ChineseModule, CountyFieldsModule] } as any);
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
    showSummary(form, '请先改正下面各项:', page.problems);
  }
  form.on('changed', () => (window.onbeforeunload = () => true));
  form.on('submit', 0, () => undefined);
  let busy = false;
  holder!.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    const { data, errors } = form.submit();
    const problems = ownProblems(form, errors as any);
    if (problems.length) {
      showSummary(form, `还有 ${problems.length} 项需要改正:`, problems);
      return;
    }
    busy = true;
    holder!.classList.add('is-sending');
    void sendForm(form, data as any).finally(() => {
      busy = false;
      holder!.classList.remove('is-sending');
    });
  });
}

const data = document.querySelector('#task-form-data')?.textContent;
if (mount && data) {
  void draw(JSON.parse(data) as FormPage);
}

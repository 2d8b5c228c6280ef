// 逐户走访登记 where there is no network: what is typed goes to the device at once, and to the server when it answers.
import { countyForm, judged, type Problem, relabel, showAtFields, showSummary } from './form';
import { setNow } from './rules';
import { drop, dropWhole, type Entry, entries, keep, kept, type Kept, keepTask, keptTask, type Registered } from './store';
import { send } from './upload';
import { photosOf, sendPhotos } from './visitphotos';
import { buttonOf, differing, element, fieldsOf } from './visitrows';
import './visits.css';
import { said } from './words';

const TASK = decodeURIComponent(window.location.pathname.split('/')[2]);
const part = (name: string) => document.querySelector<HTMLElement>(`#visits-${name}`)!;

let task: Kept | undefined;
let registered: Registered[] = [];
let mine: Entry[] = [];
let editing: { entry: Entry; form: any; saved: Promise<unknown> } | null = null;
let offline = false;
let closeEditor: () => void = () => undefined;
/** The other windows of this device show what happened here. */
const others = new BroadcastChannel('tongan-visits');

const newKey = () => crypto.randomUUID();
const isAtRisk = (household: Record<string, unknown>) =>
  household.risk_found === true || (task?.no_guardianship ?? []).includes(String(household.guardianship ?? ''));

function stop(text: string, link?: { href: string; text: string }): void {
  const box = part('stop');
  box.replaceChildren(text);
  if (link) {
    box.append(' ', Object.assign(document.createElement('a'), { href: link.href, textContent: link.text }));
  }
  box.hidden = !text;
}

/** The form of one household: the task's own fields, the children below it. */
function schemaOfOne(schema: any): any {
  const [households, children] = ['households', 'children'].map((path) => schema.components.find((one: any) => one.path === path));
  const below = { ...children, defaultRepetitions: 0, components: children.components.filter((one: any) => one.key !== 'household_no') };
  return { ...schema, components: [...households.components, below] };
}

/** One window at a time fills in a household: the later one would write over the earlier one's words. */
function claimed(id: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(`tongan-household-${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise<void>((release) => (closeEditor = release)) : undefined;
    });
  });
}

async function edit(entry: Entry): Promise<void> {
  if (!(await claimed(entry.id))) {
    stop(said('这一户正在本机的另一个窗口填写。请到那个窗口继续,或先把它关闭。'));
    return;
  }
  part('list').hidden = true;
  part('editor').hidden = false;
  document.querySelector<HTMLElement>('#form-summary')!.hidden = true;
  part('editing').textContent = entry.household.head_name ? said('户主 {name}', { name: String(entry.household.head_name) }) : said('新的一户');
  const mount = document.querySelector<HTMLElement>('#task-form-fields')!;
  mount.replaceChildren();
  delete mount.dataset.ready;
  const form = countyForm(mount);
  await form.importSchema(schemaOfOne(task!.schema), structuredClone({ ...entry.household, children: entry.children }) as any);
  mount.querySelectorAll('form').forEach((one) => one.setAttribute('aria-label', said('一户')));
  new MutationObserver(relabel).observe(mount, { childList: true, subtree: true });
  relabel();
  const now = { entry, form, saved: Promise.resolve() as Promise<unknown> };
  editing = now;
  // What is typed is on the device before it is finished: a phone may close the page at any moment.
  form.on('changed', (event: any) => {
    if (editing !== now) {
      return;
    }
    const { children, ...household } = structuredClone(event.data);
    Object.assign(entry, { household, children: children ?? [], state: 'typing' });
    now.saved = now.saved.then(() => keep(structuredClone(entry)));
    void now.saved.catch(() => showSummary(form, said('本机存不下了:所填内容还在本页,请不要关闭,先到有网络的地方。'), []));
    warn([...mine, entry]);
  });
  photosOf(part('photos'), entry, task!.most_photos);
  if (entry.problems.length) {
    showAtFields(form, entry.problems);
    showSummary(form, said('服务器没有收下这一户,请先改正下面各项:'), entry.problems);
  }
  mount.dataset.ready = 'yes';
  part('editing').focus();
}

async function save(): Promise<void> {
  const { entry, form, saved } = editing!;
  const { data, problems } = judged(form);
  if (problems.length) {
    showSummary(form, said('还有 {count} 项需要改正。已填的内容存在本机。', { count: problems.length }), problems);
    return;
  }
  await saved.catch(() => undefined);
  const { children, ...household } = structuredClone(data) as any;
  Object.assign(entry, { household, children: children ?? [], state: 'waiting', problems: [], theirs: null, keys: [...entry.keys.slice(-20), newKey()] });
  try {
    await keep(entry);
  } catch {
    showSummary(form, said('本机存不下这一户:所填内容还在本页,请不要关闭。'), []);
    return;
  }
  await toList();
  void synchronise();
}

async function toList(): Promise<void> {
  await editing?.saved.catch(() => undefined);
  editing = null;
  closeEditor();
  part('editor').hidden = true;
  part('list').hidden = false;
  await draw();
  part('state').focus();
}

const entryOf = (one: Registered): Entry => ({
  task: TASK,
  id: one.id,
  base: one.version,
  keys: [],
  household: one.household,
  children: one.children,
  photos: one.photos.map((photo) => ({ key: photo.id, ...photo })),
  state: 'typing',
  problems: [],
  theirs: null,
});

/** A child in danger: say so at once, whatever the network does. */
function warn(found: Entry[]): void {
  part('risk').hidden = !found.some((one) => isAtRisk(one.household));
}

async function settle(entry: Entry, choice: 'mine' | 'theirs' | 'other'): Promise<void> {
  const theirs = entry.theirs!;
  if (choice === 'theirs') {
    await dropWhole(entry);
    registered = [...registered.filter((one) => one.id !== theirs.id), theirs];
  } else if (choice === 'mine') {
    await drop(entry);
    const photos = [...(entry.photos ?? [])]; // nobody can choose between pictures by their names: both sides' are kept
    photos.push(...theirs.photos.filter((one) => !photos.some((own) => own.id === one.id)).map((one) => ({ key: one.id, ...one })));
    await keep({ ...entry, photos, id: theirs.id, base: theirs.version, keys: [newKey()], state: 'waiting', theirs: null });
  } else {
    await edit({ ...entry, theirs: null });
    return;
  }
  await draw();
  await synchronise();
}

const WORDS: Record<Entry['state'], string> = {
  typing: said('没有填完'),
  waiting: said('等待同步'),
  refused: said('需要改正'),
  conflict: said('两边都改过'),
};

function conflictOf(entry: Entry): HTMLElement[] {
  const theirs = entry.theirs!;
  const differs = differing(entry, theirs);
  const sides = element('div', 'both');
  for (const [title, one] of [[said('本机填写的'), entry], [said('{name}登记的', { name: theirs.by_name }), theirs]] as const) {
    const side = element('section');
    const photos = said('{count} 张照片', { count: (one.photos ?? []).length });
    side.append(element('h2', 'h6', title), fieldsOf(task!.schema, one, differs), element('p', 'mb-0 text-secondary', photos));
    sides.append(side);
  }
  const choices = element('div', 'd-flex flex-wrap gap-2 mt-2');
  choices.append(
    buttonOf(said('用本机的'), 'btn-outline-primary', () => void settle(entry, 'mine')),
    buttonOf(said('用对方的'), 'btn-outline-primary', () => void settle(entry, 'theirs')),
  );
  if (theirs.id !== entry.id) {
    choices.append(buttonOf(said('是两户,改户编号'), 'btn-outline-secondary', () => void settle(entry, 'other')));
  }
  return [element('p', 'mb-0 mt-1', said('这一户在别处也登记或修改过。请对照后选一份,选定以前两份都在:')), sides, choices];
}

function rowOf(household: Record<string, unknown>, children: unknown[], photos: number, state: string): [HTMLElement, HTMLElement] {
  const row = element('li');
  const head = element('div', 'head');
  head.append(
    element('strong', '', `${household.household_no || said('(未编号)')} ${household.head_name || ''}`),
    element('span', 'text-secondary', said('{count} 名儿童', { count: children.length })),
    element('span', 'text-secondary', photos ? said('{count} 张照片', { count: photos }) : ''),
    element('span', 'badge text-bg-light border', state),
  );
  row.append(head, element('div', 'text-secondary', String(household.address ?? '')));
  return [row, element('div', 'd-flex flex-wrap gap-2 mt-2')];
}

function waitingRow(entry: Entry): HTMLElement {
  const [row, deeds] = rowOf(entry.household, entry.children, (entry.photos ?? []).length, WORDS[entry.state]);
  if (entry.problems.length) {
    const list = element('ul', 'text-danger mb-0');
    list.append(...entry.problems.map((problem) => element('li', '', problem.message)));
    row.append(list);
  }
  if (entry.state === 'conflict') {
    row.append(...conflictOf(entry));
    return row;
  }
  deeds.append(buttonOf(entry.state === 'typing' ? said('继续填写') : said('修改'), 'btn-outline-primary', () => void edit(entry)));
  deeds.append(
    buttonOf(said('从本机删除'), 'btn-outline-danger', () => {
      if (window.confirm(said('从本机删除这一户没有同步的内容?不能找回。'))) {
        void dropWhole(entry).then(draw);
      }
    }),
  );
  row.append(deeds);
  return row;
}

function registeredRow(one: Registered): HTMLElement {
  const [row, deeds] = rowOf(one.household, one.children, one.photos.length, said('已同步'));
  if (one.report_no) {
    row.append(element('div', 'text-danger', said('已登记强制报告 {number}', { number: one.report_no })));
  } else if (isAtRisk(one.household)) {
    row.append(element('div', 'text-danger', said('发现风险,还没有强制报告:请立即电话报告。')));
  }
  deeds.append(buttonOf(said('修改'), 'btn-outline-primary', () => void edit(entryOf(one))));
  row.append(deeds);
  return row;
}

async function draw(): Promise<void> {
  mine = await entries(TASK);
  const held = new Set(mine.map((one) => one.id));
  const rows = part('rows');
  rows.replaceChildren(...mine.map(waitingRow), ...registered.filter((one) => !held.has(one.id)).map(registeredRow));
  if (task && !rows.childElementCount) {
    rows.append(element('li', 'text-secondary', said('还没有登记过。走到一户,点“添加一户”;没有网络也能填,有网络时自动同步。')));
  }
  const left = mine.length ? said('本机还有 {count} 户没有同步。', { count: mine.length }) : said('本机没有待同步的户。');
  part('state').textContent = offline ? said('没有网络。{left}已同步的户不存在本机,联网后才列出。', { left }) : said('{left}已同步 {count} 户。', { left, count: registered.length });
  part('sync').hidden = !mine.length;
  part('add').hidden = !task;
  warn(mine);
}

interface Told extends Kept {
  is_open: boolean;
  now: string;
  households: Registered[];
}

/** Ask the server what stands there; whether it may be sent to. */
async function ask(): Promise<boolean> {
  let reply: Response;
  try {
    reply = await fetch(`/visits/${encodeURIComponent(TASK)}/households`, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  } catch {
    offline = true;
    stop('');
    return false;
  }
  offline = false;
  if (reply.status === 401) {
    stop(said('登录已失效。没有同步的户都在本机,登录后自动继续。'), { href: `/login?next=${encodeURIComponent(window.location.pathname)}`, text: said('去登录') });
    return false;
  }
  if (!reply.ok) {
    const { title } = (await reply.json().catch(() => ({}))) as { title?: string };
    stop(`${title ?? said('服务器暂时不能办理,请稍后再试。')} ${said('没有同步的户都还在本机。')}`);
    return false;
  }
  const told = (await reply.json()) as Told;
  if (task && task.owner !== told.owner && (await entries(TASK)).length) {
    stop(said('本机存有另一位同事没有同步的户,不能用您的名义同步。请由那位同事登录后同步。'));
    return false;
  }
  task = { task: TASK, owner: told.owner, place: told.place, schema: told.schema, no_guardianship: told.no_guardianship, most_photos: told.most_photos };
  registered = told.households;
  setNow(told.now);
  await keepTask(task);
  stop(told.is_open ? '' : said('这项任务已经办结,不能再同步。没有同步的户都还在本机:需要补登的,请联系乡镇退回本村后再登记。'));
  part('place').textContent = told.place;
  const link = part('task') as HTMLAnchorElement;
  link.href = `/tasks/${encodeURIComponent(TASK)}`;
  link.hidden = !told.is_open;
  return told.is_open;
}

/** Send one household with its pictures; whether to go on with the next one. */
async function sendOne(entry: Entry): Promise<boolean> {
  const body = new FormData();
  const { id, base, keys, household, children } = entry;
  const stopped = await sendPhotos(entry);
  if (stopped?.reply?.status === 422 || stopped?.reply?.status === 413) {
    const now = await kept(TASK, id);
    if (now?.keys.at(-1) !== keys.at(-1) || now?.state !== 'waiting') {
      return true;
    }
    await keep({ ...entry, state: 'refused', problems: [{ field: 'photos', message: stopped.message ?? said('照片没有传上,请移除后重新选择。') }] });
    return true;
  }
  body.set('fields', JSON.stringify({ id, base, keys, household, children, photos: (entry.photos ?? []).map((photo) => photo.id) }));
  const reply = stopped ? stopped.reply : await send(`/visits/${encodeURIComponent(TASK)}/households`, body);
  if (!reply) {
    offline = true;
    return false;
  }
  const answer = (await reply.json().catch(() => ({}))) as { household?: Registered; theirs?: Registered; problems?: Problem[]; title?: string };
  const now = await kept(TASK, id);
  const changedMeanwhile = !now || now.keys.at(-1) !== keys.at(-1) || now.state !== 'waiting';
  if (reply.ok && answer.household) {
    registered = [...registered.filter((one) => one.id !== id), answer.household];
    if (!changedMeanwhile) {
      await dropWhole(entry);
    }
    return true; // a change made meanwhile names this one's key, so that the server knows it for its own
  }
  if (changedMeanwhile) {
    return true;
  }
  if (reply.status === 409 && answer.theirs) {
    await keep({ ...entry, state: 'conflict', theirs: answer.theirs });
    return true;
  }
  if (reply.status === 422) {
    await keep({ ...entry, state: 'refused', problems: answer.problems ?? [] });
    return true;
  }
  await ask();
  if (part('stop').hidden) {
    stop(`${answer.title ?? said('服务器暂时不能办理,请稍后再试。')} ${said('没有同步的户都还在本机。')}`);
  }
  return false;
}

/** One window at a time: two would send the same household twice, harmlessly, and then quarrel over the answer. */
async function synchronise(): Promise<void> {
  await navigator.locks.request('tongan-visits', async () => {
    if (await ask()) {
      for (const entry of (await entries(TASK)).filter((one) => one.state === 'waiting')) {
        if (!(await sendOne(entry))) {
          break;
        }
      }
    }
  });
  await draw();
  others.postMessage('sent');
}

async function begin(): Promise<void> {
  task = await keptTask(TASK);
  part('place').textContent = task?.place ?? '';
  part('add').addEventListener('click', () => {
    void edit({ task: TASK, id: newKey(), base: 0, keys: [], household: {}, children: [], photos: [], state: 'typing', problems: [], theirs: null });
  });
  part('sync').addEventListener('click', () => void synchronise());
  part('save').addEventListener('click', () => void save());
  part('back').addEventListener('click', () => void toList());
  others.onmessage = () => void ask().then(draw);
  window.addEventListener('online', () => void synchronise());
  window.addEventListener('offline', () => {
    offline = true;
    void draw();
  });
  await synchronise();
  if (!task) {
    part('state').textContent = said('本机没有这项任务的空白表单。请先在有网络的地方打开一次本页。');
  }
  if ('serviceWorker' in navigator) {
    await navigator.serviceWorker.register('/visits/worker.js', { scope: '/visits/' });
    await navigator.serviceWorker.ready;
    document.body.dataset.offlineReady = 'yes';
  }
}

void begin();

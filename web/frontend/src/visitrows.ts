// How a household is shown in words, and where two versions of it differ.
import { said } from './words';

type Content = { household: Record<string, unknown>; children: Record<string, unknown>[] };

export function element(name: string, classes = '', text = ''): HTMLElement {
  return Object.assign(document.createElement(name), { className: classes, textContent: text });
}

export function buttonOf(text: string, kind: string, act: () => void): HTMLButtonElement {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: `btn btn-sm ${kind}`, textContent: text });
  button.addEventListener('click', act);
  return button;
}

function inWords(field: any, value: unknown): string {
  if (value === null || value === undefined || value === '') {
    return '—';
  }
  if (typeof value === 'boolean') {
    return value ? said('是') : said('否');
  }
  const label = (one: unknown) => String(field.values?.find((option: any) => option.value === one)?.label ?? one);
  if (field.type === 'datetime') {
    return String(value).slice(0, 16).replace('T', ' ');
  }
  return Array.isArray(value) ? value.map(label).join('、') : label(value);
}

const labelOf = (field: any) => String(field.dateLabel ?? field.timeLabel ?? field.label ?? field.key);
const listOf = (schema: any, path: string) => schema.components.find((one: any) => one.path === path).components as any[];

const EMPTY = new Set<unknown>([null, undefined, '', false]);

function same(one: unknown, other: unknown): boolean {
  if (EMPTY.has(one) && EMPTY.has(other)) {
    return true;
  }
  const when = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value).getTime() : value);
  return JSON.stringify(when(one)) === JSON.stringify(when(other));
}

/** The names of the fields that differ, children by their place in the list: `children[0].name`. */
export function differing(one: Content, other: Content): Set<string> {
  const found = new Set<string>();
  const compare = (prefix: string, a: Record<string, unknown>, b: Record<string, unknown>) => {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (!same(a[name], b[name])) {
        found.add(prefix + name);
      }
    }
  };
  compare('', one.household, other.household);
  for (let index = 0; index < Math.max(one.children.length, other.children.length); index++) {
    compare(`children[${index}].`, one.children[index] ?? {}, other.children[index] ?? {});
  }
  return found;
}

/** Everything of a household that is filled in or differs. */
export function fieldsOf(schema: any, content: Content, differs: Set<string>): HTMLElement {
  const list = element('dl');
  const add = (fields: any[], prefix: string, values: Record<string, unknown>, before: string) => {
    for (const field of fields) {
      const isOther = differs.has(prefix + field.key);
      if (isOther || !EMPTY.has(values[field.key])) {
        list.append(element('dt', '', before + labelOf(field)), element('dd', isOther ? 'differs' : '', inWords(field, values[field.key])));
      }
    }
  };
  add(listOf(schema, 'households'), '', content.household, '');
  content.children.forEach((child, index) => {
    add(listOf(schema, 'children').filter((one) => one.key !== 'household_no'), `children[${index}].`, child, said('儿童{number} ', { number: index + 1 }));
  });
  return list;
}

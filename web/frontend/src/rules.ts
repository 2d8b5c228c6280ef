// The server's rules of a field (src/engine/definitions/forms/rules.py) beside form-js's own, so that a person learns of a
// mistake while the page is open. A field's `properties` say which: check, not_after, not_before, min_items.
import { CHECKS, KEPT, isDay } from './checks';
import { isEnglish, said } from './words';

interface Field {
  type: string;
  subtype?: string;
  disallowPassedDates?: boolean;
  multiple?: boolean;
  properties?: Record<string, string>;
}

const COUNTY_MS = 8 * 3600 * 1000;
const MINUTE = 60 * 1000;
const [FIRST_YEAR, LAST_YEAR] = [1900, 2199];
const MAX_DIGITS = 15;

let ahead = 0;

/** The server's clock: a demonstration's may be months from the browser's. */
export function setNow(now: string | null | undefined): void {
  ahead = now ? new Date(now).getTime() - Date.now() : 0;
}

/** The county's present day or minute, written like the value of a field. */
function present(subtype: string): string {
  const county = new Date(Math.floor((Date.now() + ahead) / MINUTE) * MINUTE + COUNTY_MS).toISOString();
  return subtype === 'datetime' ? county.slice(0, 16) : county.slice(0, 10);
}

/** The value in the county's time, so that texts compare as instants do. */
function inCounty(subtype: string, text: string): string {
  if (subtype !== 'datetime' || !/(Z|[+-]\d\d:\d\d)$/.test(text)) {
    return text.slice(0, subtype === 'datetime' ? 16 : 10);
  }
  return new Date(new Date(text).getTime() + COUNTY_MS).toISOString().slice(0, 16);
}

function momentProblems(field: Field, text: string): string[] {
  const subtype = field.subtype ?? 'date';
  if (subtype === 'time') {
    return [];
  }
  const [value, now] = [inCounty(subtype, text), present(subtype)];
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  if (!isDay(year, month, day)) {
    return ['不是有效的日期,请按 2025-09-24 的格式填写'];
  }
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) {
    return [`年份应在 ${FIRST_YEAR} 至 ${LAST_YEAR} 之间,请核对`];
  }
  const problems: string[] = [];
  if (field.properties?.not_after === 'now' && value > now) {
    problems.push('不能晚于现在,请核对日期');
  }
  if ((field.properties?.not_before === 'now' || field.disallowPassedDates) && value < now) {
    problems.push('不能早于现在,请核对日期');
  }
  return problems;
}

function numberProblems(field: Field & { decimalDigits?: number }, value: unknown): string[] {
  const text = String(value);
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  if (whole.length > MAX_DIGITS || fraction.length > MAX_DIGITS || text.includes('e')) {
    return [`的数字过大或过长(最多 ${MAX_DIGITS} 位),请核对`];
  }
  if (field.properties?.type !== 'money') {
    return [];
  }
  const problems = Number(value) < 0 ? ['金额不能为负数,请填写 0 或正数'] : [];
  return field.decimalDigits === undefined && fraction.length > 2 ? [...problems, '最多 2 位小数,请修改'] : problems;
}

/** What the value breaks of the rules that form-js does not know. An empty value breaks none of them. */
export function ownProblems(field: Field, value: unknown): string[] {
  const least = Number(field.properties?.min_items ?? 0);
  if (least && (value === null || value === undefined || Array.isArray(value))) {
    const count = Array.isArray(value) ? value.length : 0;
    return count < least ? [`至少需要 ${least} 项,现有 ${count} 项,请补充`] : [];
  }
  if (value === null || value === undefined || value === '') {
    return [];
  }
  if (field.type === 'filepicker' && Array.isArray(value) && value.length > 1 && !field.multiple) {
    return ['只能上传一个附件,请删除多余的附件'];
  }
  if (field.type === 'number') {
    return numberProblems(field, value);
  }
  const problems = field.type === 'datetime' ? momentProblems(field, String(value)) : [];
  const check = CHECKS[field.properties?.check ?? ''];
  const problem = check && typeof value === 'string' ? check(value, present('date')) : null;
  return problem ? [...problems, problem] : problems;
}

/** The server cuts the blanks off a text and writes a number in its one way, before it judges. */
function asServerReads(field: Field | undefined, value: unknown): unknown {
  if (typeof value !== 'string') {
    return value;
  }
  const kept = KEPT[field?.properties?.check ?? ''];
  return kept ? kept(value.trim()) : value.trim();
}

/** The server counts characters, not halves of them. */
function countedAsServer(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/[\u{10000}-\u{10FFFF}]/gu, '〇') : value;
}

/** The rules speak Chinese as the forms do; who reads English learns first what to do, then what is said of it. */
function inReadersWords(problem: string): string {
  return isEnglish ? `${said('请核对这一项')} (${problem})` : problem;
}

interface Judge {
  validateFieldInstance(instance: { id: string }, value: unknown): string[];
}

class CountyRules {
  static $inject = ['validator', 'formFieldRegistry'];

  constructor(validator: Judge, registry: { get(id: string): Field | undefined }) {
    const judge = validator.validateFieldInstance.bind(validator);
    validator.validateFieldInstance = (instance, given) => {
      const field = registry.get(instance.id);
      const value = asServerReads(field, given);
      const errors = judge(instance, countedAsServer(value));
      const own = errors.length || !field ? [] : ownProblems(field, value);
      return errors.length ? errors : own.map(inReadersWords);
    };
  }
}

export const CountyRulesModule = { __init__: ['countyRules'], countyRules: ['type', CountyRules] };

// form-js speaks English through `translate`; these are its sentences in Chinese.
import { isEnglish } from './words';

const CHINESE: Record<string, string> = {
  'Field is required.': '此项必填。',
  'Value is not a number.': '请填写数字。',
  'Value is expected to be an integer.': '请填写整数。',
  'Value is expected to have at most 1 decimal digit.': '最多保留 1 位小数。',
  'Value is expected to have at most {value} decimal digits.': '最多保留 {value} 位小数。',
  'Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}.':
    '请填写有效数值,最接近的是 {previousValue} 和 {nextValue}。',
  'Field must match pattern {value}.': '格式不正确。',
  'Field must have minimum value of {value}.': '不得小于 {value}。',
  'Field must have maximum value of {value}.': '不得大于 {value}。',
  'Field must have minimum length of {value}.': '至少填写 {value} 个字。',
  'Field must have maximum length of {value}.': '最多填写 {value} 个字。',
  'Field must be a valid international phone number. (e.g. +4930664040900)': '请填写有效的电话号码。',
  'Field must be a valid email.': '请填写有效的电子邮箱。',
  'Date and time must both be entered.': '日期和时间都要填写。',
  'Increment': '增加',
  'Decrement': '减少',
  'Skip to search': '跳到搜索',
  'Remove tag': '移除',
  'Search': '搜索',
  'No results': '没有匹配项',
  'All values selected': '已全部选择',
  'Nothing to show.': '暂无内容。',
  'No content to show.': '暂无内容。',
  "External content couldn't be loaded.": '外部内容无法加载。',
  '{page} of {total}': '第 {page} 页,共 {total} 页',
  'Previous page': '上一页',
  'Next page': '下一页',
  'Click to sort by {value} descending': '按“{value}”降序排列',
  'Click to sort by {value} ascending': '按“{value}”升序排列',
  'Click to remove sorting': '取消排序',
  'Add new': '添加一行',
  'Expand all ({value})': '全部展开({value})',
  'Collapse': '收起',
};

/** Sentences that had no Chinese; a browser test asserts that it stays empty. */
export const missing = new Set<string>();

function translate(template: string, replacements: Record<string, unknown> = {}): string {
  const sentence = isEnglish ? template : CHINESE[template];
  if (sentence === undefined) {
    missing.add(template);
  }
  return (sentence ?? template).replace(/{([^}]+)}/g, (whole, key: string) =>
    key in replacements ? String(replacements[key]) : whole,
  );
}

export const ChineseModule = { translate: ['value', translate] };

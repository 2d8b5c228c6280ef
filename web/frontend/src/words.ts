// What the scripts say, in the page's language. Chinese is the source; its English stands in `english.json`
// (tests/web/test_language.py finds what has none).
import english from './english.json';

export const isEnglish = document.documentElement.lang === 'en';

/** The sentence in the page's language, with names filled in. */
export function said(chinese: string, names: Record<string, string | number> = {}): string {
  const text = isEnglish ? ((english as Record<string, string>)[chinese] ?? chinese) : chinese;
  return text.replace(/{(\w+)}/g, (whole, name: string) => (name in names ? String(names[name]) : whole));
}

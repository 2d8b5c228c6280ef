// The named checks of a form's fields, as the server has them (src/cases/identifiers.py, idcard.py, field_checks.py). Here
// they are a courtesy: the server decides. tests/browser/test_forms_agree.py holds both together.

/** `today`: the county's, as 2025-09-24. */
type Check = (value: string, today: string) => string | null;

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const MOBILE = /^1[3-9]\d{9}$/;
const LANDLINE = /^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/;

/** Half-width, without blanks: a number as it is kept, however it was typed or copied. */
function closeUp(text: string): string {
  return text.normalize('NFKC').replace(/\s/g, '');
}

/** The same, X upper-cased. */
function normalise(text: string): string {
  return closeUp(text).toUpperCase();
}

/** How the server writes the text of a field with this check before it judges and keeps it. */
export const KEPT: Record<string, ((text: string) => string) | undefined> = {
  idcard: normalise,
  disability_cert: normalise,
  student_no: normalise,
  mobile: closeUp,
  phone: closeUp,
  bankcard: closeUp,
};

/** Whether there is such a day. */
export function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** GB 11643-1999; residence permits of Hong Kong, Macao, Taiwan (81, 82, 83) and of foreigners (9) have the same build.
 * An unknown place of first registration is no error. */
function idcard(text: string, today: string): string | null {
  const number = normalise(text);
  if (/^\d{15}$/.test(number)) {
    return '是15位的旧号码,请填写换发后的18位号码';
  }
  if ([...number].length !== 18) {
    return `应为18位,现有${[...number].length}位,请核对`;
  }
  if (!/^\d{17}[\dX]$/.test(number)) {
    return '只能由17位数字和末位数字或X组成,请核对';
  }
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(Number);
  if (!isDay(year, month, day)) {
    return '中的出生日期(第7至14位)不存在,请核对';
  }
  if (year < 1850) {
    return '中的出生年份过早,请核对第7至10位';
  }
  if (`${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}` > today) {
    return '中的出生日期晚于今天,请核对第7至14位';
  }
  const total = WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(number[place]), 0);
  return '10X98765432'[total % 11] === number[17] ? null : '校验位不正确,请核对最后一位和其余各位';
}

/** 16 to 19 digits, the last by Luhn's rule. */
function bankcard(text: string): string | null {
  const digits = text.replace(/\s/g, '');
  if (!/^\d{16,19}$/.test(digits)) {
    return '应为16至19位数字,请对照银行卡核对';
  }
  const total = [...digits].reverse().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  return total % 10 === 0 ? null : '校验不通过,可能有一位写错,请对照银行卡逐位核对';
}

function disabilityCert(text: string, today: string): string | null {
  const match = /^(\d{17}[\dX])[1-7][1-4](B\d)?$/.exec(normalise(text));
  return match ? idcard(match[1], today) : '应为18位身份证号加1位类别和1位等级(补发的再加B和次数),请对照残疾人证核对';
}

function studentNumber(text: string, today: string): string | null {
  const number = normalise(text);
  if (!/^[GL]/.test(number)) {
    return '应以G(正式)或L(临时)开头,后接18位身份证号,请核对';
  }
  const problem = idcard(number.slice(1), today);
  return problem && `中的身份证号${problem}`;
}

export const CHECKS: Record<string, Check | undefined> = {
  idcard,
  bankcard,
  mobile: (text) => (MOBILE.test(text) ? null : '不是有效的手机号,请填写以1开头的11位号码'),
  phone: (text) =>
    MOBILE.test(text) || LANDLINE.test(text) ? null : '不是有效的电话号码,请填写11位手机号,或带区号的座机号,例如 0834-6123456',
  disability_cert: disabilityCert,
  student_no: studentNumber,
  division: (text) =>
    /^(\d{6}|\d{9}|\d{12})$/.test(text) ? null : '应为6位(县)、9位(乡镇)或12位(村)代码,请从列表中选择',
  village: (text) => (/^\d{12}$/.test(text) ? null : '应选择到村(社区)'),
  sealed_words: (text) =>
    /艾滋|HIV|人类免疫缺陷/i.test(text) ? '不得填写艾滋病信息。需要保密办理的,请直接到县民政局或走网上涉密通道' : null,
};

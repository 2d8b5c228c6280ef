// Fields that we draw ourselves, with the browser's own controls: a native list, date and file control is known to every
// phone, every keyboard and every screen reader, and speaks the reader's language.
import { Description, Errors, Label, Select } from '@bpmn-io/form-js-viewer';
import { type ComponentChildren, h } from 'preact';
import { useState } from 'preact/hooks';
import { uploadFile } from './upload';
import { said } from './words';

interface Option {
  value: string;
  label: string;
}

interface FieldProps {
  field: Record<string, any>;
  value: any;
  errors?: string[];
  domId: string;
  disabled?: boolean;
  readonly?: boolean;
  onChange: (change: { value: unknown }) => void;
  onBlur?: () => void;
  onFocus?: () => void;
}

function frame(props: FieldProps, kind: string, label: string, control: ComponentChildren): ComponentChildren {
  const errors = props.errors ?? [];
  const classes = ['fjs-form-field', `fjs-form-field-${kind}`, errors.length ? 'fjs-has-errors' : ''].join(' ');
  return h('div', { class: classes }, [
    h(Label as any, { htmlFor: props.domId, label, required: props.field.validate?.required }),
    control,
    h(Description as any, { id: `${props.domId}-description`, description: props.field.description }),
    h(Errors as any, { id: `${props.domId}-error-message`, errors }),
  ]);
}

function described(props: FieldProps): Record<string, unknown> {
  const errors = props.errors ?? [];
  return {
    id: props.domId,
    disabled: props.disabled || props.readonly,
    'aria-describedby': `${props.domId}-description ${props.domId}-error-message`,
    'aria-invalid': errors.length > 0,
    'aria-required': Boolean(props.field.validate?.required),
    onFocus: () => props.onFocus?.(),
    onBlur: () => props.onBlur?.(),
  };
}

/** A list of fixed values as the browser's own list; lists computed from data keep form-js's control. */
function NativeSelect(props: FieldProps): any {
  const options = props.field.values as Option[] | undefined;
  if (!options) {
    return h(Select as any, props as any);
  }
  const change = (event: Event) => {
    const chosen = (event.target as HTMLSelectElement).value;
    props.onChange({ value: chosen === '' ? null : options.find((option) => String(option.value) === chosen)?.value });
  };
  return frame(
    props,
    'select',
    props.field.label,
    h('select', { ...described(props), class: 'form-select', value: props.value ?? '', onChange: change }, [
      h('option', { value: '' }, said('请选择')),
      ...options.map((option) => h('option', { value: String(option.value) }, option.label)),
    ]),
  );
}
NativeSelect.config = (Select as any).config;

const COUNTY_OFFSET = '+08:00';

function shownTime(subtype: string, value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  if (subtype !== 'datetime' || !/(Z|[+-]\d\d:\d\d)$/.test(text)) {
    return subtype === 'datetime' ? text.slice(0, 16) : text;
  }
  const county = new Date(new Date(text).getTime() + 8 * 3600 * 1000);
  return county.toISOString().slice(0, 16);
}

function storedTime(subtype: string, format: string | undefined, text: string): string | null {
  if (!text) {
    return null;
  }
  if (subtype !== 'datetime') {
    return text;
  }
  if (format === 'utc_normalized') {
    return new Date(text + COUNTY_OFFSET).toISOString().replace(/\.\d+Z$/, 'Z');
  }
  return format === 'utc_offset' ? text + COUNTY_OFFSET : text;
}

/** A date, a time or both, always in the county's time. */
function NativeTime(props: FieldProps): any {
  const { field } = props;
  const subtype: string = field.subtype ?? 'date';
  const type = subtype === 'datetime' ? 'datetime-local' : subtype;
  const label = (subtype === 'time' ? field.timeLabel : field.dateLabel) ?? field.dateLabel ?? field.label ?? field.timeLabel;
  const change = (event: Event) => {
    const text = (event.target as HTMLInputElement).value;
    props.onChange({ value: storedTime(subtype, field.timeSerializingFormat, text) });
  };
  const control = h('input', {
    ...described(props),
    type,
    class: 'form-control',
    value: shownTime(subtype, props.value),
    onChange: change,
  });
  return frame(props, 'datetime', label, control);
}
NativeTime.config = { type: 'datetime', keyed: true, label: '日期', group: 'basic-input', emptyValue: null, create: (o: object = {}) => ({ subtype: 'date', ...o }) };

interface Uploaded {
  id: string;
  name: string;
}

/** Names of files that were uploaded before this page was drawn, by id. */
export const knownFiles = new Map<string, string>();

/** Files are sent at once, each gets an id, and the form keeps the ids only. */
function UploadField(props: FieldProps): any {
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const ids: string[] = Array.isArray(props.value) ? props.value : props.value ? [props.value] : [];
  const many = props.field.multiple === true;
  const add = async (event: Event) => {
    const input = event.target as HTMLInputElement;
    setBusy(true);
    setFailure('');
    const added: Uploaded[] = [];
    for (const file of [...(input.files ?? [])]) {
      const reply = await uploadFile(file);
      if ('message' in reply) {
        setFailure(reply.message);
      } else {
        knownFiles.set(reply.id, reply.name);
        added.push(reply);
      }
    }
    input.value = '';
    setBusy(false);
    if (added.length) {
      props.onChange({ value: [...(many ? ids : []), ...added.map((file) => file.id)] });
    }
  };
  const remove = (id: string) => {
    const rest = ids.filter((other) => other !== id);
    props.onChange({ value: rest.length ? rest : null });
  };
  const rows = ids.map((id) =>
    h('li', { key: id }, [
      h('a', { href: `/files/${id}` }, knownFiles.get(id) ?? said('已上传的文件')),
      props.readonly || props.disabled
        ? null
        : h('button', { type: 'button', class: 'btn btn-link btn-sm', onClick: () => remove(id) }, said('移除 {name}', { name: knownFiles.get(id) ?? '' })),
    ]),
  );
  const control = h('div', {}, [
    h('ul', { class: 'upload-list' }, rows),
    h('input', { ...described(props), type: 'file', class: 'form-control', multiple: many, accept: props.field.accept || '.pdf,.jpg,.jpeg,.png,.docx', onChange: add }),
    h('p', { class: 'form-text mb-0', 'aria-live': 'polite' }, busy ? said('正在上传……') : said('可传 pdf、jpg、png、docx,单个不超过 20 MB')),
    failure ? h('p', { class: 'text-danger mb-0', role: 'alert' }, failure) : null,
  ]);
  return frame(props, 'filepicker', props.field.label, control);
}
UploadField.config = { type: 'filepicker', keyed: true, label: '附件', group: 'basic-input', emptyValue: null, create: (o: object = {}) => ({ ...o }) };

class CountyFields {
  static $inject = ['formFields'];

  constructor(formFields: { register(type: string, field: unknown): void }) {
    formFields.register('select', NativeSelect);
    formFields.register('datetime', NativeTime);
    formFields.register('filepicker', UploadField);
  }
}

export const CountyFieldsModule = { __init__: ['countyFields'], countyFields: ['type', CountyFields] };

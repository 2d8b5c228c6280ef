// The diagram of a case: where it stands, the way it came, and where it is stuck.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import { said } from './words';

interface Marks {
  xml: string;
  tokens: Record<string, number>;
  done: string[];
  flows: string[];
  incidents: string[];
  problems: Record<string, string>;
}

const holder = document.querySelector<HTMLElement>('#diagram');

function badge(className: string, text: string, title: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  element.textContent = text;
  element.title = title;
  return element;
}

async function draw(marks: Marks): Promise<void> {
  const viewer = new NavigatedViewer({ container: holder! });
  await viewer.importXML(marks.xml);
  const canvas = viewer.get<any>('canvas');
  const overlays = viewer.get<any>('overlays');
  const registry = viewer.get<any>('elementRegistry');
  const mark = (ids: string[], className: string) =>
    ids.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, className));
  mark(marks.done, 'is-done');
  mark(marks.flows, 'is-done');
  mark(Object.keys(marks.tokens), 'is-waiting');
  mark(marks.incidents, 'is-stuck');
  mark(Object.keys(marks.problems), 'is-stuck');
  for (const [id, count] of Object.entries(marks.tokens)) {
    if (registry.get(id)) {
      overlays.add(id, { position: { top: -14, left: -14 }, html: badge('token-badge', String(count), said('正停在这一步')) });
    }
  }
  for (const id of marks.incidents.filter((one) => registry.get(one))) {
    overlays.add(id, { position: { top: -14, right: 14 }, html: badge('incident-badge', '!', said('这一步出错,等待管理员处理')) });
  }
  for (const [id, text] of Object.entries(marks.problems)) {
    if (registry.get(id)) {
      overlays.add(id, { position: { top: -14, right: 14 }, html: badge('incident-badge', '!', text) });
    }
  }
  canvas.zoom('fit-viewport', 'auto');
  const first = Object.keys(marks.tokens).find((id) => registry.get(id));
  const toToken = (scale: number) => {
    if (first) {
      canvas.zoom(scale);
      canvas.scrollToElement(first, { top: 150, bottom: 150, left: 150, right: 150 });
    }
  };
  if (canvas.zoom() < 0.5) {
    toToken(0.7); // a whole county process in a small frame shows nothing
    if (!first) {
      const { inner, outer } = canvas.viewbox();
      canvas.viewbox({ x: inner.x - 10, y: inner.y - 10, width: outer.width / 0.6, height: outer.height / 0.6 });
    }
  }
  if (!first) {
    document.querySelector('[data-zoom="token"]')?.remove();
  }
  holder!.dataset.ready = 'yes';
  const zoom = (factor: number) => canvas.zoom(canvas.zoom() * factor);
  document.querySelector('[data-zoom="in"]')?.addEventListener('click', () => zoom(1.25));
  document.querySelector('[data-zoom="out"]')?.addEventListener('click', () => zoom(0.8));
  document.querySelector('[data-zoom="fit"]')?.addEventListener('click', () => canvas.zoom('fit-viewport', 'auto'));
  document.querySelector('[data-zoom="token"]')?.addEventListener('click', () => toToken(1));
}

const data = document.querySelector('#diagram-data')?.textContent;
/** A diagram in a closed tab has no size to be fitted into: it is drawn when it is first seen. */
function whenSeen(element: HTMLElement, act: () => void): void {
  const seen = new ResizeObserver(() => {
    if (element.clientWidth > 0 && element.clientHeight > 0) {
      seen.disconnect();
      act();
    }
  });
  seen.observe(element);
}

if (holder && data) {
  whenSeen(holder, () => {
    draw(JSON.parse(data) as Marks).catch(() => {
      holder.textContent = said('流程图无法显示。');
    });
  });
}

// Photographs of a household: made smaller, kept on the device, sent before the household is.
import { dropPhoto, type Entry, keep, kept, keepPhoto, type Photo, photoOf } from './store';
import { send } from './upload';
import { buttonOf, element } from './visitrows';
import { said } from './words';

/** The longer side in pixels; enough to read a paper by, small enough for a village's network. */
const LONGEST = 2000;
const THUMBNAIL = 120;
const MOST_BYTES = 20 * 1024 * 1024;

const MOST = 9;

function drawn(picture: ImageBitmap, longest: number): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The picture made smaller, without the place that a phone writes into it; null: it is no picture. */
async function shrunk(file: File): Promise<{ blob: Blob; thumbnail: string } | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) {
    return null;
  }
  const blob = await new Promise<Blob | null>((resolve) => drawn(picture, LONGEST).toBlob(resolve, 'image/jpeg', 0.85));
  return blob && { blob, thumbnail: drawn(picture, THUMBNAIL).toDataURL('image/jpeg', 0.7) };
}

async function add(entry: Entry, files: File[], most: number): Promise<string> {
  for (const file of files) {
    if ((entry.photos ?? []).length >= most) {
      return said('每户最多 {count} 张照片,其余的没有加上。', { count: most });
    }
    const made = await shrunk(file);
    if (!made) {
      return said('“{name}”不是照片,没有加上。请选 jpg 或 png。', { name: file.name });
    }
    if (made.blob.size > MOST_BYTES) {
      return said('“{name}”超过 20 MB,请压缩后再传。', { name: file.name });
    }
    const photo: Photo = { key: crypto.randomUUID(), name: `${file.name.replace(/\.[^.]*$/, '')}.jpg`, thumbnail: made.thumbnail };
    const before = entry.photos ?? [];
    try {
      await keepPhoto(photo.key, made.blob);
      entry.photos = [...before, photo];
      entry.state = 'typing';
      await keep(structuredClone(entry));
    } catch {
      entry.photos = before;
      await dropPhoto(photo.key).catch(() => undefined);
      return said('本机空间已满,“{name}”没有存上;已填的内容和以前的照片都在。请先到有网络的地方同步,或删去不要的照片。', { name: file.name });
    }
  }
  return '';
}

/** The part of the household's form with its photographs. */
export function photosOf(holder: HTMLElement, entry: Entry, most = MOST): void {
  const input = holder.querySelector<HTMLInputElement>('input')!;
  const list = holder.querySelector('ul')!;
  const problem = holder.querySelector<HTMLElement>('[role=alert]')!;
  const told = entry.problems.find((one) => one.field === 'photos');
  const say = (text: string) => {
    problem.textContent = text;
    problem.hidden = !text;
  };
  const draw = () =>
    list.replaceChildren(
      ...(entry.photos ?? []).map((photo) => {
        const row = element('li');
        if (photo.thumbnail) {
          row.append(Object.assign(document.createElement('img'), { src: photo.thumbnail, alt: '' }));
        }
        const name = photo.id ? Object.assign(element('a', '', photo.name), { href: `/files/${photo.id}/view`, target: '_blank', rel: 'noopener' }) : element('span', '', photo.name);
        const remove = buttonOf(said('移除'), 'btn-outline-secondary', () => {
          entry.photos = (entry.photos ?? []).filter((one) => one.key !== photo.key);
          entry.state = 'typing';
          void keep(structuredClone(entry)).then(() => dropPhoto(photo.key));
          draw();
          input.focus();
        });
        remove.setAttribute('aria-label', said('移除 {name}', { name: photo.name }));
        row.append(name, remove);
        return row;
      }),
    );
  say(told?.message ?? '');
  draw();
  input.value = '';
  input.onchange = async () => {
    input.disabled = true;
    say(await add(entry, [...(input.files ?? [])], most));
    input.value = '';
    input.disabled = false;
    draw();
  };
}

/** Write the picture's number into what stands on the device now: its words may have been changed meanwhile. */
async function noteSent(entry: Entry, photo: Photo): Promise<void> {
  const now = await kept(entry.task, entry.id);
  const mine = now?.photos?.find((one) => one.key === photo.key);
  if (now && mine) {
    mine.id = photo.id;
    await keep(now);
  }
}

/** Send the pictures that the server does not have; what stands against them, or null when they are all there. */
export async function sendPhotos(entry: Entry): Promise<{ reply: Response | null; message?: string } | null> {
  for (const photo of (entry.photos ?? []).filter((one) => !one.id)) {
    const blob = await photoOf(photo.key);
    if (!blob) {
      return { reply: new Response(null, { status: 422 }), message: said('“{name}”已不在本机,请移除后重新拍摄或选择。', { name: photo.name }) };
    }
    const body = new FormData();
    body.append('file', new File([blob], photo.name, { type: blob.type }));
    const reply = await send('/files', body);
    const answer = (await reply?.json().catch(() => null)) as { id?: string; message?: string; title?: string } | null;
    if (!reply?.ok || !answer?.id) {
      return { reply, message: answer?.message ?? (reply?.status === 413 ? said('“{name}”超过 20 MB,请压缩后再传。', { name: photo.name }) : answer?.title) };
    }
    photo.id = answer.id;
    await noteSent(entry, photo); // half of the pictures sent is half less to send next time
  }
  return null;
}

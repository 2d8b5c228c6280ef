// Everything this page sends by itself goes through here: one place knows the CSRF token and what a lost session means.
import { said } from './words';

function token(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

/** After a new log-in in another window the token is a new one; ask for it once and try again. */
async function freshToken(): Promise<boolean> {
  const reply = await fetch('/session/token', { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!reply.ok) {
    return false;
  }
  const { token: value } = (await reply.json()) as { token: string };
  document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')!.content = value;
  return true;
}

/** POST a form; answers the reply, or null when the network is gone. */
export async function send(address: string, body: FormData): Promise<Response | null> {
  const once = () =>
    fetch(address, {
      method: 'POST',
      body,
      credentials: 'same-origin',
      headers: { 'X-CSRFToken': token(), Accept: 'application/json' },
    });
  try {
    body.delete('csrf_token');
    const reply = await once();
    return reply.status === 400 && (await freshToken()) ? await once() : reply;
  } catch {
    return null;
  }
}

export async function uploadFile(file: File): Promise<{ id: string; name: string } | { message: string }> {
  const body = new FormData();
  body.append('file', file);
  const reply = await send('/files', body);
  if (!reply) {
    return { message: said('“{name}”没有传上:网络不通,请稍后再选一次。', { name: file.name }) };
  }
  if (reply.status === 413) {
    return { message: said('“{name}”超过 20 MB,请压缩后再传。', { name: file.name }) };
  }
  const answer = (await reply.json().catch(() => null)) as { id: string; name: string } | { message: string } | null;
  return answer ?? { message: said('“{name}”没有传上,请稍后再选一次。', { name: file.name }) };
}

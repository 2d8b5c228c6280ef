// What the page of household visits keeps on the device (IndexedDB): forms without content, and households until they are
// sent. Nothing else of the program is kept in the browser.

export interface Child {
  [name: string]: unknown;
}

/** A photograph of a household: on the device under its key until the server has it under its id. */
export interface Photo {
  key: string;
  id?: string;
  name: string;
  thumbnail?: string; // a data address
}

/** A household as the server has it. */
export interface Registered {
  id: string;
  version: number;
  household: Record<string, unknown>;
  children: Child[];
  photos: { id: string; name: string }[];
  report_no: string | null;
  by_name: string;
  at: string;
}

/** A household that waits on the device. */
export interface Entry {
  task: string;
  id: string;
  base: number; // the version that was changed; 0: new
  keys: string[]; // of every change since, the last one is this one's
  household: Record<string, unknown>;
  children: Child[];
  photos?: Photo[]; // none in what was kept before there were any
  state: 'typing' | 'waiting' | 'refused' | 'conflict';
  problems: { field: string; message: string }[];
  theirs: Registered | null;
}

/** What belongs to a task and holds nothing of a household. */
export interface Kept {
  task: string;
  owner: string;
  place: string;
  schema: any;
  no_guardianship: string[];
  most_photos?: number;
}

export const DATABASE = 'tongan-visits';

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 2);
  request.onupgradeneeded = (event) => {
    if (event.oldVersion < 1) {
      request.result.createObjectStore('task', { keyPath: 'task' });
      request.result.createObjectStore('household', { keyPath: ['task', 'id'] });
    }
    request.result.createObjectStore('photo', { keyPath: 'key' });
  };
  return asked(request);
}

async function within<T>(name: 'task' | 'household' | 'photo', mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    const transaction = database.transaction(name, mode, { durability: 'strict' });
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const found = await asked(act(transaction.objectStore(name)));
    await ended;
    return found;
  } finally {
    database.close();
  }
}

export const keepTask = (kept: Kept) => within('task', 'readwrite', (store) => store.put(kept));
export const keptTask = (task: string) => within<Kept | undefined>('task', 'readonly', (store) => store.get(task));
export const keep = (entry: Entry) => within('household', 'readwrite', (store) => store.put(entry));
export const drop = (entry: Entry) => within('household', 'readwrite', (store) => store.delete([entry.task, entry.id]));
export const kept = (task: string, id: string) => within<Entry | undefined>('household', 'readonly', (store) => store.get([task, id]));

// The pictures lie beside the households, so that a key typed in a form does not write them again.
export const keepPhoto = (key: string, blob: Blob) => within('photo', 'readwrite', (store) => store.put({ key, blob }));
export const dropPhoto = (key: string) => within('photo', 'readwrite', (store) => store.delete(key));
export const photoOf = async (key: string) => (await within<{ blob: Blob } | undefined>('photo', 'readonly', (store) => store.get(key)))?.blob;

/** A household leaves the device with its pictures. */
export async function dropWhole(entry: Entry): Promise<void> {
  await drop(entry);
  for (const photo of entry.photos ?? []) {
    await dropPhoto(photo.key);
  }
}

export async function entries(task: string): Promise<Entry[]> {
  const all = await within<Entry[]>('household', 'readonly', (store) => store.getAll());
  return all.filter((one) => one.task === task);
}

/** How many households wait on this device; without making a store where there is none. */
export async function waiting(): Promise<number> {
  const there = (await indexedDB.databases()).some((one) => one.name === DATABASE);
  return there ? within('household', 'readonly', (store) => store.count()) : 0;
}

export function forget(): Promise<unknown> {
  return asked(indexedDB.deleteDatabase(DATABASE));
}

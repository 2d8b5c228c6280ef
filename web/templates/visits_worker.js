// Keeps the shell of 逐户走访登记, its scripts and its styles, so that the page opens without network. It keeps no answer
// of the server and nothing that anybody typed.
const CACHE = 'tongan-visits-{{ name }}';
const SHELL = {{ url_for('visits.shell', language=language) | tojson }};
const FILES = {{ files | tojson }};
const PAGE = /^\/visits\/(?!shell$)[^/.]+$/;
const PATIENCE = 5000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll([...FILES, new Request(SHELL, { credentials: 'omit', cache: 'no-store' })])).then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('tongan-visits-') && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function opened(request) {
  const shell = () => caches.match(SHELL, { cacheName: CACHE });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    // A network that is there and carries nothing is no network.
    const reply = await Promise.race([fetch(request), late.then(shell)]);
    return reply && reply.status < 502 ? reply : ((await shell()) ?? reply ?? (await fetch(request)));
  } catch {
    return (await shell()) ?? Response.error();
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin) {
    return;
  }
  if (request.mode === 'navigate' && PAGE.test(address.pathname)) {
    event.respondWith(opened(request));
  } else if (FILES.includes(address.pathname)) {
    event.respondWith(caches.match(address.pathname, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)));
  }
});

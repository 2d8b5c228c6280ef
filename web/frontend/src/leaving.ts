// Log-out takes along what pages kept on the device. Whoever has households that were not sent is asked first.
import { forget, waiting } from './store';
import { said } from './words';

async function leave(form: HTMLFormElement): Promise<void> {
  const count = await waiting().catch(() => 0);
  if (count && !window.confirm(said('本机还有 {count} 户走访登记没有同步。退出登录会把它们从本机删除,不能找回。要先同步,请按“取消”,回到“逐户走访登记”。确定退出吗?', { count }))) {
    return;
  }
  await Promise.race([forget().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 2000))]);
  form.submit();
}

document.addEventListener(
  'submit',
  (event) => {
    const form = event.target as HTMLFormElement;
    if (form.getAttribute('action') === '/logout' && 'indexedDB' in window) {
      event.preventDefault();
      void leave(form);
    }
  },
  { capture: true },
);

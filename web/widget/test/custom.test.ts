// @vitest-environment jsdom
// The bot's own code: whatever it does, the chat goes on. What a browser does with it is in e2e.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { View } from '../app/view/context.ts';

let told: unknown[];
let html: string;
let height: number;
/** How often the frame was loaded anew, and from where. */
let reloads: string[];

let version = 0;
let custom_code = {};
const view = (options: object = { custom_code }) => ({ options, event: (...event: unknown[]) => told.push(event) }) as unknown as View;

/** The chunk as a frame that has just been loaded has it. */
async function begin(options?: object): Promise<void> {
  vi.resetModules();
  (await import('../app/custom/custom.ts')).start(view(options), () => reloads.push(location.hash));
}

/** What a frame takes along when it goes. */
const listeners: Parameters<typeof addEventListener>[] = [];
const listen = addEventListener;
const observers: MutationObserver[] = [];
const Observer = MutationObserver;
afterEach(() => {
  for (const [type, listener, options] of listeners.splice(0)) removeEventListener(type, listener, options);
  observers.splice(0).forEach((observer) => observer.disconnect());
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', (...args: Parameters<typeof addEventListener>) => {
    listeners.push(args);
    listen(...args);
  });
  vi.stubGlobal('MutationObserver', class extends Observer {
    constructor(changed: MutationCallback) {
      super(changed);
      observers.push(this);
    }
  });
  vi.stubGlobal('IntersectionObserver', class {
    observe() {}
  });
  custom_code = { version: `v${++version}`, css: true, html: true, js: true };
  vi.spyOn(console, 'error').mockImplementation(() => {});
  told = [];
  reloads = [];
  html = '<p>Sale!</p>';
  height = 600;
  sessionStorage.clear();
  history.replaceState(null, '', '/widget/v2/frame/?bot-id=7#site=https://shop.example.com&lang=en');
  document.head.replaceChildren();
  document.body.innerHTML = '<header></header><main class="body"><div class="list"></div></main><footer><div class="ask"><textarea></textarea></div><form><textarea></textarea></form></footer>';
  document.body.removeAttribute('style');
  vi.stubGlobal('fetch', async (url: string) => ({ ok: !html.startsWith('!'), status: 404, url, text: async () => html }));
  vi.stubGlobal('innerHeight', 600);
  Object.defineProperty(window, 'innerHeight', { get: () => height, configurable: true });
  // What jsdom lays out: all that is in the page and not hidden by an inline style has its place, one under the other.
  const shown = (element: Element) => element.isConnected && !ancestors(element).some((one) => one.style.display === 'none' || one.hasAttribute('hidden')) && !hidden(element);
  const places = ['.list', 'footer', 'form > textarea'];
  Element.prototype.getBoundingClientRect = function () {
    const at = places.findIndex((name) => this.matches(name));
    return { left: 0, top: at * 100, width: shown(this) ? 400 : 0, height: 100 } as DOMRect;
  };
  document.elementFromPoint = (_, y) => document.querySelector('.cover') ?? document.querySelector(places[Math.floor(y / 100)]!);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function ancestors(element: Element): HTMLElement[] {
  const parent = element.parentElement;
  return [element as HTMLElement, ...(parent ? ancestors(parent) : [])];
}

/** What the sheet or the HTML hides while it is there. */
let hidden: (element: Element) => boolean = () => false;
afterEach(() => void (hidden = () => false));

const link = () => document.querySelector<HTMLLinkElement>('link');
const script = () => document.querySelector<HTMLScriptElement>('script');
const region = () => document.querySelector<HTMLElement>('kw-custom');
const fails = (filename = script()!.src) => dispatchEvent(new ErrorEvent('error', { filename, message: 'x is not a function' }));
const said = (...messages: string[]) => messages.map((message) => ['error', { code: 'custom_code', message }]);

/** The sheet has come, and does something from now on. */
function sheetHides(name: string): void {
  Object.defineProperty(link(), 'sheet', { value: { disabled: false } });
  hidden = (element) => !!link() && !link()!.sheet!.disabled && element.matches(name);
}

test('comes with its version, the HTML between the header and the talk', async () => {
  await begin();
  await vi.waitFor(() => expect(region()).not.toBeNull());
  expect(link()!.href).toMatch(/\/widget\/v2\/custom\/7\.css\?v=v\d+$/);
  expect(script()!.src).toMatch(/\/widget\/v2\/custom\/7\.js\?v=v\d+$/);
  expect(region()!.previousElementSibling!.localName).toBe('header');
  expect(region()!.innerHTML).toBe('<p>Sale!</p>');
  await vi.advanceTimersByTimeAsync(100_000);
  expect([told, !!link(), !!region(), reloads]).toEqual([[], true, true, []]);
});

test('is only what the settings name', async () => {
  await begin({});
  expect([link(), script()]).toEqual([null, null]);
  await begin({ custom_code: { version: 'v1', js: true } });
  expect([link(), region(), !!script()]).toEqual([null, null, true]);
});

test('HTML brings no scripts', async () => {
  html = '<p>a</p><script>alert(1)</script><base href="//x"><meta http-equiv="refresh"><link rel="stylesheet" href="//x">';
  await begin();
  await vi.waitFor(() => expect(region()?.innerHTML).toBe('<p>a</p>'));
});

describe('what fails is said once, and the rest stays', () => {
  test('HTML that is not there', async () => {
    html = '!';
    await begin();
    await vi.waitFor(() => expect(told).toEqual(said('the HTML could not be loaded')));
    expect([!!link(), !!script(), region()]).toEqual([true, true, null]);
  });

  test('CSS that is not there', async () => {
    await begin();
    link()!.dispatchEvent(new Event('error'));
    expect(told).toEqual(said('the CSS could not be loaded'));
  });

  test('a script that throws; another one’s error is not its own', async () => {
    await begin();
    fails('https://e.com/other.js');
    expect(told).toEqual([]);
    fails();
    fails();
    expect(told).toEqual(said('x is not a function'));
    expect(console.error).toHaveBeenCalledTimes(1);
  });

  test('a script that has failed in three visits is left alone, until it is another version', async () => {
    for (let visit = 0; visit < 3; visit++) {
      script()?.remove();
      history.replaceState(null, '');
      await begin();
      fails();
    }
    script()!.remove();
    told = [];
    await begin();
    expect([script(), told.length]).toEqual([null, 1]);
    await begin({ custom_code: { ...custom_code, version: 'next' } });
    expect(script()!.src).toMatch(/v=next$/);
  });
});

describe('what takes the chat away is taken away', () => {
  test.each(['.list', 'footer', 'form > textarea'])('a sheet that comes late hides %s', async (name) => {
    await begin();
    await vi.advanceTimersByTimeAsync(70_000);
    sheetHides(name);
    link()!.dispatchEvent(new Event('load'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([link(), !!region(), told, reloads]).toEqual([null, true, said('the CSS hid the chat, and was taken away'), []]);
  });

  test('HTML covers it, and the sheet stays', async () => {
    await begin();
    hidden = (element) => !!region() && region()!.style.display !== 'none' && element.matches('.list');
    await vi.advanceTimersByTimeAsync(3_000);
    expect([!!link(), region(), told]).toEqual([true, null, said('the HTML hid the chat, and was taken away')]);
  });

  test('something of ours that comes and goes is no reason', async () => {
    await begin();
    await vi.advanceTimersByTimeAsync(70_000);
    hidden = () => true;
    document.body.append(document.createElement('i'));
    await vi.advanceTimersByTimeAsync(600);
    hidden = () => false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([told, reloads]).toEqual([[], []]);
  });

  test('nor is a frame that is not shown, or has no room', async () => {
    await begin();
    hidden = () => true;
    for (height of [0, 100]) await vi.advanceTimersByTimeAsync(70_000);
    expect(told).toEqual([]);
    height = 600;
    hidden = () => false;
    sheetHides('footer');
    dispatchEvent(new Event('resize'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(said('the CSS hid the chat, and was taken away'));
  });

  test('nor is somebody who is kept out', async () => {
    await begin();
    document.querySelector('footer')!.hidden = true;
    document.querySelector('footer')!.before(Object.assign(document.createElement('div'), { className: 'banner' }));
    await vi.advanceTimersByTimeAsync(70_000);
    expect([told, reloads]).toEqual([[], []]);
  });
});

describe('a script that takes the chat away', () => {
  const body = () => document.body.style.display;
  const kept = () => Object.entries(sessionStorage).map(([, value]) => value);

  test('has it undone, and is counted; the second time the frame comes without it', async () => {
    await begin();
    await vi.advanceTimersByTimeAsync(70_000);
    document.documentElement.style.setProperty('--header-bg', 'red');
    document.body.style.display = 'none';
    await vi.advanceTimersByTimeAsync(1_000);
    expect([body(), told, kept(), reloads]).toEqual(['', said('the script hid the chat'), ['1'], []]);
    expect(document.documentElement.style.getPropertyValue('--header-bg')).toBe('red');
    expect([!!link(), !!region()]).toEqual([true, true]);
    document.body.style.display = 'none';
    await vi.advanceTimersByTimeAsync(1_000);
    expect([kept(), reloads, told.length]).toEqual([['1'], ['#site=https://shop.example.com&lang=en&lame'], 1]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(reloads).toHaveLength(1);
  });

  test('may have laid something over it', async () => {
    await begin();
    document.body.append(Object.assign(document.createElement('div'), { className: 'cover' }));
    await vi.advanceTimersByTimeAsync(3_000);
    expect([document.querySelector('.cover'), reloads, told]).toEqual([null, [], said('the script hid the chat')]);
  });

  test.each(['.list', 'footer', 'main'])('or removed %s, which cannot be undone', async (name) => {
    await begin();
    document.querySelector(name)!.remove();
    await vi.advanceTimersByTimeAsync(3_000);
    expect([reloads.length, kept()]).toEqual([1, ['1']]);
  });

  test('is not run again in this frame, and what it did before is not counted twice', async () => {
    location.hash += '&lame';
    await begin();
    document.querySelector('footer')!.remove();
    await vi.advanceTimersByTimeAsync(70_000);
    expect([script(), !!link(), !!region(), told, kept(), reloads]).toEqual([null, true, true, [], [], []]);
  });

  test('nor where it loads the frame again and again', async () => {
    const ran: boolean[] = [];
    const again = async () => {
      script()?.remove();
      await begin();
      ran.push(!!script());
    };
    // Rarely, as after a log-out, is no reason.
    for (let i = 0; i < 4; i++, vi.setSystemTime(Date.now() + 30_000)) await again();
    expect([ran.splice(0), told]).toEqual([[true, true, true, true], []]);
    vi.setSystemTime(Date.now() + 60_000);
    for (let i = 0; i < 4; i++) await again();
    expect([ran, kept()]).toEqual([[true, true, true, false], ['1']]);
    expect(told).toEqual(said('the script loads the frame again and again, and is left out'));
  });

  test('nor where it has led the frame away, which is counted', async () => {
    location.hash += '&lame=1';
    await begin();
    expect([script(), kept()]).toEqual([null, ['1']]);
  });
});

describe('links', () => {
  const follow = (markup: string): (string | null)[] => {
    document.querySelector('.list')!.innerHTML = markup;
    const target = document.querySelector<HTMLElement>('[id=at]')!;
    target.addEventListener('click', (event) => event.preventDefault());
    target.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));
    const led = document.querySelector('.list a, .list area')!;
    return [led.getAttribute('target'), led.getAttribute('rel')];
  };
  const outside = ['_blank', 'noopener'];
  const left = [null, null];
  test.each([
    ['<a id="at" href="https://shop.example.com/sale">Sale</a>', outside],
    ['<a href="/sale"><b id="at">Sale</b></a>', outside],
    ['<a id="at" target="_top" rel="opener" href="https://shop.example.com">Sale</a>', outside],
    ['<map><area id="at" href="https://shop.example.com"></map>', outside],
    ['<a id="at" download href="https://shop.example.com/list.pdf">List</a>', outside],
    ['<a id="at" href="?bot-id=8">Another bot</a>', outside],
    ['<a id="at" target="_blank" rel="nofollow noopener" href="https://shop.example.com">Ours</a>', ['_blank', 'nofollow noopener']],
    ['<a id="at" href="#more">More</a>', left],
    ['<a id="at" href="#">Script</a>', left],
    ['<a id="at" href="mailto:shop@example.com">Mail</a>', left],
    ['<a id="at" href="viber://chat">Viber</a>', left],
    ['<a id="at" download href="/list.txt">List</a>', left],
    ['<a id="at">Nowhere</a>', left],
    ['<a id="at" href="https://">Broken</a>', left],
  ])('%s', async (markup, want) => {
    await begin();
    expect(follow(markup)).toEqual(want);
  });
});

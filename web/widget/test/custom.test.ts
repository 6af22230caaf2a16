// @vitest-environment jsdom
// The bot's own code: whatever it does, the chat goes on. What a browser does with it is in e2e.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { View } from '../app/view/context.ts';

let told: unknown[];
let html: string;
/** What can be hit at a point: everything lies open, unless something covers it. */
let covered: boolean;
let height: number;

/** A new one for each test: what listens for the errors of an old one stays. */
let version = 0;
let custom_code = {};
const view = (options: object = { custom_code }) => ({ options, event: (...event: unknown[]) => told.push(event) }) as unknown as View;

/** The chunk as a frame that has just been loaded has it. */
async function begin(options?: object): Promise<void> {
  vi.resetModules();
  (await import('../app/custom/custom.ts')).start(view(options));
}

beforeEach(() => {
  vi.useFakeTimers();
  custom_code = { version: `v${++version}`, css: true, html: true, js: true };
  vi.spyOn(console, 'error').mockImplementation(() => {});
  told = [];
  html = '<p>Sale!</p>';
  covered = false;
  height = 600;
  sessionStorage.clear();
  history.replaceState(null, '', '/widget/v2/frame/?bot-id=7');
  document.head.replaceChildren();
  document.body.innerHTML = '<header></header><div class="list"></div><footer></footer>';
  vi.stubGlobal('fetch', async (url: string) => ({ ok: !html.startsWith('!'), status: 404, url, text: async () => html }));
  Element.prototype.getBoundingClientRect = function () {
    return { left: 0, top: 0, width: 400, height: this.isConnected ? 100 : 0 } as DOMRect;
  };
  document.elementFromPoint = () => (covered ? document.body : document.querySelector('footer'));
  Object.defineProperty(document.documentElement, 'clientHeight', { get: () => height, configurable: true });
  const list = document.querySelector('.list')!;
  const contains = document.querySelector('footer')!.contains.bind(document.querySelector('footer'));
  list.contains = (node) => contains(node);
});
afterEach(() => void vi.useRealTimers());

const link = () => document.querySelector<HTMLLinkElement>('link');
const script = () => document.querySelector<HTMLScriptElement>('script');
const region = () => document.querySelector('kw-custom');
const fails = (filename = script()!.src) => dispatchEvent(new ErrorEvent('error', { filename, message: 'x is not a function' }));

test('comes with its version, the HTML between the header and the talk', async () => {
  await begin();
  await vi.waitFor(() => expect(region()).not.toBeNull());
  expect(link()!.href).toMatch(/\/widget\/v2\/custom\/7\.css\?v=v\d+$/);
  expect(script()!.src).toMatch(/\/widget\/v2\/custom\/7\.js\?v=v\d+$/);
  expect(region()!.previousElementSibling!.localName).toBe('header');
  expect(region()!.innerHTML).toBe('<p>Sale!</p>');
  await vi.advanceTimersByTimeAsync(5_000);
  expect([told, !!link(), !!region()]).toEqual([[], true, true]);
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
  const said = (message: string) => [['error', { code: 'custom_code', message }]];

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
  const isGone = () => !link() && !region();

  test('the composer is removed', async () => {
    await begin();
    document.querySelector('footer')!.remove();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([isGone(), told]).toEqual([true, [['error', { code: 'custom_code', message: 'it hid the chat, and was taken away' }]]]);
  });

  test('something covers it', async () => {
    covered = true;
    await begin();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(isGone()).toBe(true);
  });

  test('a frame that is not shown is looked at once it is', async () => {
    height = 0;
    covered = true;
    await begin();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
    height = 600;
    dispatchEvent(new Event('resize'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(isGone()).toBe(true);
  });
});

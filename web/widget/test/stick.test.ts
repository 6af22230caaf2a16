import { beforeAll, expect, test, vi } from 'vitest';
import { createStick, type Content, type Scrolled } from '../app/view/stick.ts';

/** A list of a height, 500 of which are seen. */
class FakeList implements Scrolled {
  scrollTop = 0;
  clientHeight = 500;
  constructor(public scrollHeight: number) {}
  scrollTo(to?: ScrollToOptions | number) {
    this.scrollTop = (to as ScrollToOptions).top! - this.clientHeight;
  }
}

const content = (first: number, last: number, own = false): Content => ({ first: `m${first}`, last: `m${last}`, incoming: last - first + 1, own });

beforeAll(() => void vi.stubGlobal('matchMedia', () => ({ matches: true })));

function setUp() {
  const changed = vi.fn();
  const stick = createStick(changed);
  const list = new FakeList(2000);
  stick.drawn(list, content(1, 10));
  return { stick, list, changed };
}

/** The reader scrolls up into the middle. */
function up({ stick, list }: ReturnType<typeof setUp>) {
  list.scrollTop = 700;
  stick.scrolled(list);
}

test('stays at the bottom when something comes or grows', () => {
  const { stick, list } = setUp();
  expect(list.scrollTop).toBe(1500);
  list.scrollHeight = 2100;
  stick.drawn(list, content(1, 11));
  expect(list.scrollTop).toBe(1600);
  list.clientHeight = 400;
  stick.resized(list);
  expect(list.scrollTop).toBe(1700);
});

test('stays with the reader elsewhere, and counts', () => {
  const all = setUp();
  const { stick, list, changed } = all;
  up(all);
  expect(stick.isAway).toBe(true);
  list.scrollHeight = 2200;
  stick.drawn(list, content(1, 12));
  expect(list.scrollTop).toBe(700);
  expect(stick.missed).toBe(2);
  stick.toBottom(list, true);
  stick.scrolled(list);
  expect(stick).toMatchObject({ missed: 0, isAway: false });
  expect(changed).toHaveBeenCalledTimes(3);
});

test('an older page moves nothing under the reader’s eyes', () => {
  const all = setUp();
  const { stick, list } = all;
  up(all);
  list.scrollHeight = 3000;
  stick.drawn(list, content(-9, 10));
  expect(list.scrollTop).toBe(1700);
  expect(stick.missed).toBe(0);
});

test('the visitor’s own words are shown', () => {
  const all = setUp();
  up(all);
  all.list.scrollHeight = 2100;
  all.stick.drawn(all.list, content(1, 11, true));
  expect(all.list.scrollTop).toBe(1600);
});

test('older rows are asked for near the top', () => {
  const { stick, list } = setUp();
  list.scrollTop = 400;
  expect(stick.scrolled(list)).toBe(false);
  list.scrollTop = 50;
  expect(stick.scrolled(list)).toBe(true);
});

test('stays at the bottom when what was drawn grows before the browser tells of the scrolling there', () => {
  const { stick, list } = setUp();
  list.scrollHeight = 2300;
  stick.scrolled(list);
  expect(stick).toMatchObject({ missed: 0, isAway: false });
  stick.resized(list);
  expect(list.scrollTop).toBe(1800);
  // Only who scrolls up is elsewhere.
  list.scrollTop = 1700;
  stick.scrolled(list);
  list.scrollHeight = 2400;
  stick.resized(list);
  expect(list.scrollTop).toBe(1700);
});

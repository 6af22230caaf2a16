// For tests that render: takes the page down after each, and gives jsdom what it lacks.
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

configure({ asyncUtilTimeout: 10_000 });

beforeEach(() => {
  const ignored = () => undefined;
  vi.stubGlobal("scrollTo", ignored);
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: ignored, removeEventListener: ignored }));
  vi.stubGlobal("ResizeObserver", class {
    observe = ignored;
    unobserve = ignored;
    disconnect = ignored;
  });
});
afterEach(cleanup);

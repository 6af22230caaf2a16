// Watches that the chat stays usable beside the bot's own code, as long as the frame lives, and takes away what hides it.
import { isUsable, uncover } from './usable.ts';

/** Looks that are taken whatever happens: what comes late has come by then. */
const LOOKS_MS = [2_000, 5_000, 15_000, 60_000];
/** How long after something has happened; what is drawn by us may be on the move. */
const LOOK_MS = 500;

/** A part that can be left out: for a trial, which returns how it is put back, or for good. */
export interface Part {
  name: string;
  hide(): () => void;
  remove(): void;
}

export interface Guarded {
  /** What is there beside the script; those that are removed leave it. */
  drawn: Part[];
  /** These have hidden the chat, and are gone. */
  report(names: string): void;
  /** The script has hidden it. `isMended`: that could be undone, the first time. Absent: none runs. */
  failed: ((isMended: boolean) => void) | undefined;
}

/** Begins to watch, and returns what has it look again soon. */
export function guard({ drawn, report, failed }: Guarded): { look: () => void } {
  let timer: number | undefined;
  let isBad = false;
  let hasMended = false;
  let isOver = false;

  /** Leaves out as little as helps: one part, or all. */
  const findGuilty = () =>
    [...drawn.map((part) => [part]), drawn].find((some) => {
      const back = some.map((part) => part.hide());
      const isBetter = isUsable();
      back.forEach((put) => put());
      return isBetter;
    });

  const judge = () => {
    timer = undefined;
    const wasBad = isBad;
    isBad = !isOver && !isUsable();
    if (!isBad) return;
    // Twice, as what we draw ourselves comes and goes.
    if (!wasBad) return look();
    isBad = false;
    const guilty = findGuilty();
    if (guilty?.[0]) {
      guilty.forEach((part) => part.remove());
      drawn.splice(0, drawn.length, ...drawn.filter((part) => !guilty.includes(part)));
      report(guilty.map(({ name }) => name).join(' and '));
    } else if (failed) {
      uncover();
      const isMended = !hasMended && isUsable();
      isOver = !isMended;
      hasMended = true;
      failed(isMended);
    }
    // What has been tried is no news.
    changes.takeRecords();
  };
  const look = () => {
    timer ??= setTimeout(judge, LOOK_MS) as unknown as number;
  };

  const changes = new MutationObserver(look);
  changes.observe(document.documentElement, { subtree: true, childList: true, attributeFilter: ['style', 'class', 'hidden', 'inert'] });
  const sight = new IntersectionObserver(look, { threshold: [0, 0.5, 1] });
  document.querySelectorAll('.list, footer').forEach((part) => sight.observe(part));
  addEventListener('resize', look);
  for (const ms of LOOKS_MS) setTimeout(look, ms - LOOK_MS);
  return { look };
}

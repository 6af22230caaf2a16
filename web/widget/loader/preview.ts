// The bubble as a part: the newest message that is not read. The rules have the bubble in their own script.
import { makeBubble } from './bubble.ts';
import { give } from './parts.ts';

give<'preview'>((it) => makeBubble(it, () => it.obey('openchat', 1), () => {}));

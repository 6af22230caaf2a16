// Who speaks, as a small round picture: the bot's own, an operator's initials, or a plain mark.
import { h } from '../dom.ts';
import { safeResource } from '../links.ts';
import { view } from './context.ts';
import { BotIcon } from './icons.ts';

/** Decoration beside a name that is said elsewhere; without a name it is the bot's. */
export function Avatar({ name }: { name?: string }) {
  const src = !name && safeResource(view.options.avatar_url);
  // A picture lies over the mark: where it cannot be loaded the mark is seen.
  return (
    <span class="avatar" aria-hidden="true">
      {name ? initials(name) : <BotIcon />}
      {src && <img src={src} alt="" onError={(event) => event.currentTarget.remove()} />}
    </span>
  );
}

const initials = (name: string) =>
  name
    .trim()
    .split(/\s+/, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join('');

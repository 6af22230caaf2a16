// Who speaks, as a small round picture: the bot's own, an operator's initials, or a plain mark.
import { useState } from 'preact/hooks';
import { safeResource } from '../links.ts';
import { BotIcon } from './icons.tsx';

/** Decoration beside a name that is said elsewhere. */
export function Avatar({ url, name }: { url?: string; name?: string | undefined }) {
  const [broken, setBroken] = useState(false);
  const src = safeResource(url);
  if (src && !broken) return <img class="avatar" src={src} alt="" onError={() => setBroken(true)} />;
  return (
    <span class="avatar" aria-hidden="true">
      {name ? initials(name) : <BotIcon />}
    </span>
  );
}

const initials = (name: string) =>
  name
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase())
    .join('');

// What is asked before or instead of writing: the forms of the bot's settings, and when people are there.
import type { State } from './store.ts';
import type { Hours, Settings } from '../wire/options.ts';

/** A form that stands where visitors write otherwise. */
export type Asked = 'prechat' | 'offline';

/** Who has left word out of hours is not asked again for so long. */
const LEFT_WORD_MS = 864e5;

/** Whether nobody is there; what the hours say of their next changes counts, too. After those nobody is turned away. */
export const isClosed = (hours: Hours | undefined, now: number): boolean => !!hours && hours.open === Date.parse(hours.changes_at!) <= now && !(Date.parse(hours.opens_at!) <= now);

/** Whether nothing has been said yet, so that the conversation is still to be begun. */
export const isNew = ({ items, loaded }: State): boolean => loaded && items.every(({ message: { type, form } }) => type === 'params' || form === 'prechat');

/** Whether a form of the settings has been answered since then, though the log may not have it yet. */
const isAnswered = ({ items, pending }: State, form: Asked, since = 0) =>
  items.some(({ message: { form: of, time } }) => of === form && !(Date.parse(time ?? '') < since)) || pending.some(({ body }) => 'form' in body && body.form === form);

/** Whether the visitor has left word out of hours. */
export const hasLeftWord = (state: State, now: number): boolean => isAnswered(state, 'offline', now - LEFT_WORD_MS);

/** The form that the visitor has to answer first. Whoever is talking to a person, or waits for one, is not stopped. */
export function formAsked(state: State, { prechat, offline, hours }: Settings, now: number): Asked | undefined {
  if (!state.loaded) return undefined;
  if (offline && state.owner.kind === 'bot' && isClosed(hours, now) && !hasLeftWord(state, now)) return 'offline';
  return prechat && isNew(state) && !isAnswered(state, 'prechat') && !hasLeftWord(state, now) ? 'prechat' : undefined;
}

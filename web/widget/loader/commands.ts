// What the page's commands change in the options.
import { merge } from '../wire/options.ts';

/** Of nobody; what is not said of the next one is not that of the one before. */
const NOBODY = { user_id: '', user_token: '', params_token: '' };

/** The change that each command makes; what is not here is no command. */
export const commands = (value: Record<string, never>): Record<string, object | undefined> => ({
  kwcolor: { colors: value },
  // In quotes, because the build makes another `command` short.
  'command': { title: value.title, subtitle: value.subtitle },
  kwsetparamsfromsite: { params_from_site: merge({}, value.params_from_site) },
  identify: merge(NOBODY, { user_id: value.user_id, user_token: value.user_token, params_token: value.params_token }),
  logout: NOBODY,
  emitevent: {},
  send: {},
  start_rule: {},
});

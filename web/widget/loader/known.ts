// The names of kw('init')'s options.

const NAMES = /^(|bot_id|user_(id|token)|params_(token|from_site)|language_code|colors?|open_on_msg|recognize_user_meta|widgetButton|type|position|x|y|offset|multi_channel|button_title|messengers|viber|telegram|facebook|whatsapp|launcher|(open|close)Icon|theme|z_index|csp_nonce|autostart)$/;

/** Says at a glance whether there is something to warn of; what it is, and other mistakes, is found by the check. */
export function isStrange(given: unknown): boolean {
  let strange = false;
  JSON.stringify(given, (key, value) => {
    strange ||= !NAMES.test(key);
    return /^($|widgetB|posi|multi|mess|laun)/.test(key) ? value : undefined;
  });
  return strange;
}

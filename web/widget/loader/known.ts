// The names of kw('init')'s options; those of a group's own have a dot before them.

const NAMES =
  /^(bot_id|user_(id|token)|params_(token|from_site)|language_code|colors?|open_on_msg|recognize_user_meta|widgetButton|multi_channel|launcher|theme|z_index|csp_nonce|autostart|\.(type(icon|avatar|button|multi)?|position|x|y|offset|button_title|messengers|viber|telegram|facebook|whatsapp|(open|close)Icon|\w*(header|Message|Button|Input|List|launcher|device|Link)))$/;

/** Says at a glance whether there is something to warn of; what it is, and other mistakes, is found by the check. */
export const isStrange = (given: object, dot = ''): boolean =>
  Object.entries(given).some(([name, value]) => !NAMES.test(dot + name + (name === 'type' ? (value ?? '') : '')) || (/^(colo|widgetB|multi|laun|\.(posi|messen))/.test(dot + name) && isStrange(value ?? {}, '.')));

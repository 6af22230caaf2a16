// Where the visitor is: asked of the browser, which asks the visitor; or written by hand.
import css from './place.css';
import { adopt, button, icon, link, make, newId, set } from '../extras/dom.ts';
import type { View } from '../view/context.ts';
import type { Control, Problem } from './controls.ts';
import { mapAddress, readPlace } from './fields.ts';

adopt(css);

const PIN = 'M12 21c4-4.500 7-8 7-11.500a7 7 0 1 0-14 0C5 13 8 16.500 12 21Zm0-9.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z';
const PATIENCE_MS = 15_000;

/** Puts into a field what asks for a place; `changed` gets what has been put in. */
export function fillPlace(field: HTMLElement, errorOf: (target: Element) => Problem, changed: (raw: string) => void, { more: t }: View): Pick<Control, 'write' | 'focus' | 'say'> {
  const input = set(make('input', 'box'), { id: newId(), placeholder: '50.4501, 30.5234', autocomplete: 'off', dir: 'ltr' });
  const label = make('label', '', t.placeByHand);
  label.htmlFor = input.id;
  const error = errorOf(input);
  const byHand = make('details', '', make('summary', '', t.placeOther), label, input);
  const status = set(make('p', 'status'), { role: 'status' });
  const paint = () => {
    const place = readPlace(input.value);
    status.replaceChildren(...(place ? link(mapAddress(place), icon(PIN), place.replace(',', ', ')) : [can ? t.placeNote : '']));
  };
  const failed = (why: string) => {
    share.disabled = false;
    status.textContent = why;
    byHand.open = true;
  };
  const found = ({ coords: { latitude, longitude } }: GeolocationPosition) => {
    share.disabled = false;
    // Five decimals are a metre.
    input.value = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
    paint();
    changed(input.value);
  };
  const ask = () => {
    share.disabled = true;
    error.say('');
    status.textContent = t.placeAsking;
    navigator.geolocation.getCurrentPosition(found, ({ code }) => failed(code === 1 ? t.placeDenied : t.placeUnknown), { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60_000 });
  };
  const share = button('share', ask, icon(PIN), t.placeShare);
  const can = 'geolocation' in navigator;
  byHand.open = !can;
  input.oninput = (event) => {
    event.stopPropagation();
    paint();
    changed(input.value);
  };
  field.append(...(can ? [share] : []), status, byHand, error.node);
  paint();
  return {
    write(raw) {
      input.value = raw;
      paint();
    },
    focus: () => (byHand.open ? input : share).focus(),
    say: error.say,
  };
}

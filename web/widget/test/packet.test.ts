import { expect, test } from 'vitest';
import { decode, encodeEvent, type Packet } from '../app/packet.ts';

const cases: Record<string, [unknown, Packet | undefined]> = {
  open: ['0{"sid":"x","pingInterval":25000,"pingTimeout":20000}', { type: 'open', heartbeat: 45_000 }],
  'open without times': ['0{"sid":"x"}', undefined],
  'open with an absurd time': ['0{"pingInterval":1e9,"pingTimeout":1}', undefined],
  'open with null': ['0null', undefined],
  ping: ['2', { type: 'ping', data: '' }],
  'ping with data': ['2probe', { type: 'ping', data: 'probe' }],
  close: ['1', { type: 'close' }],
  noop: ['6', undefined],
  connect: ['40{"sid":"y"}', { type: 'connect' }],
  disconnect: ['41', { type: 'close' }],
  event: ['42["message",{"id":"1"},"g-1"]', { type: 'event', name: 'message', args: [{ id: '1' }, 'g-1'] }],
  'event with an id': ['4217["hi"]', { type: 'event', name: 'hi', args: [] }],
  'event that is no array': ['42{"a":1}', undefined],
  'event without a name': ['42[1]', undefined],
  'event with new lines': ['42["a","\\n"]', { type: 'event', name: 'a', args: ['\n'] }],
  ack: ['4312[{"ok":true}]', { type: 'ack', id: 12, args: [{ ok: true }] }],
  'ack without an id': ['43[1]', undefined],
  refused: ['44{"message":"no","data":{"code":"token_expired"}}', { type: 'refused', data: { message: 'no', data: { code: 'token_expired' } } }],
  'another namespace': ['42/admin,["x"]', undefined],
  'binary event': ['451-["x",{"_placeholder":true,"num":0}]', undefined],
  'binary frame': [new ArrayBuffer(3), undefined],
  'cut JSON': ['42["mess', undefined],
  empty: ['', undefined],
  'only a message': ['4', undefined],
};

for (const [name, [input, want]] of Object.entries(cases)) {
  test(`decode: ${name}`, () => expect(decode(input)).toEqual(want));
}

test('encode: with and without an id', () => {
  expect(encodeEvent(['typing'])).toBe('42["typing"]');
  expect(encodeEvent(['message', { id: 1 }], 0)).toBe('420["message",{"id":1}]');
});

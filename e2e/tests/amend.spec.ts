// Cards and forms on their way, and what an operator changes, takes back and has read, with the official client.
import { BOT } from '../harness/admin.ts';
import { Desk } from '../harness/desk.ts';
import { expect, test } from '../harness/test.ts';

test('cards lead to a form, and what is put into it is said back', async ({ visit }) => {
  const visitor = visit();
  await visitor.connected();
  await visitor.start();
  await visitor.hears('What can I do for you?');
  await visitor.send({ type: 'button', text: '🍵 Show me your teas', action_body: 'teas' });
  await visitor.sees((event) => event.type === 'cards', 'cards');
  await visitor.send({ type: 'button', text: 'Put a tin aside for me', action_body: 'Lapsang' });
  const form = await visitor.sees((event) => event.type === 'form', 'form');

  const refused = await visitor.send({ type: 'form_answer', form: form.id, values: { name: '' }, text: 'Name:' });
  expect(refused.error).toMatchObject({ code: 'bad_request', field: 'values.name' });
  await visitor.send({ type: 'form_answer', form: form.id, values: { name: 'Olena', phone: '12' }, text: 'Name: Olena' });
  await visitor.hears('Once more, please');
  await visitor.send({ type: 'form_answer', form: form.id, values: { name: 'Olena', phone: '+380 50 123 45 67' }, text: 'Name: Olena' });
  await visitor.hears('A tin of <b>Lapsang</b> waits for Olena');
});

test('what is left out of hours reaches an operator, who changes, takes back and has read', async ({ deployment, admin, visit }) => {
  const visitor = visit();
  await visitor.connected();
  await visitor.start();
  await visitor.hears('What can I do for you?');
  const values = { name: 'Olena', email: 'olena@example.com' };
  const left = await visitor.send({ type: 'form_answer', form: 'offline', values, text: 'E-mail: olena@example.com' });
  await visitor.hears('The first of us who comes in reads it');
  await visitor.sees((event) => event.owner?.kind === 'queue', 'queue');

  const desk = await Desk.open(admin, deployment, 'Marta');
  const dialogId = await desk.take(BOT);
  const { dialog } = await desk.call('GetDialog', { dialogId });
  expect(dialog).toMatchObject({ topic: 'left a message', visitor: { params: { email: 'olena@example.com' } } });

  await desk.call('MarkSeen', { dialogId, messageId: left.id });
  await desk.call('MarkSeen', { dialogId, messageId: left.id });
  const messageId = await desk.say(dialogId, 'Good dya!');
  const amend = (method: string, more: Record<string, unknown>) => desk.call(method, { dialogId, clientId: crypto.randomUUID(), messageId, ...more });
  await amend('EditMessage', { text: { text: 'Good day!' } });
  await amend('DeleteMessage', {});
  await expect(amend('EditMessage', { text: { text: 'Too late' } })).rejects.toThrow(/failed_precondition.*deleted/);
  await desk.say(dialogId, 'Thank you, we write to you.');
  await visitor.hears('Thank you, we write to you.');

  const about = visitor.events.filter((event) => ['seen', 'edit', 'delete'].includes(event.type));
  expect(about).toMatchObject([
    { type: 'seen', target: left.id, author: 'operator' },
    { type: 'edit', target: messageId, text: 'Good day!' },
    { type: 'delete', target: messageId },
  ]);
  await desk.call('Close', { dialogId });
});

// Ukrainian.
import type { Locale } from './en.ts';

const uk: Locale = {
  title: 'Чат',
  subtitle: 'Відповімо, щойно зможемо',
  close: 'Закрити чат',
  messages: 'Повідомлення',
  write: 'Напишіть повідомлення…',
  attach: 'Додати файл',
  send: 'Надіслати',
  you: 'Ви',
  bot: 'Асистент',
  operator: 'Оператор',
  sending: 'Надсилається',
  sent: 'Надіслано',
  seen: 'Переглянуто',
  joined: '{name} тепер у чаті',
  left: '{name} більше не в чаті',
  ended: 'Чат завершено',
  thinkingBlocks: 'Надіслати можна буде, щойно надійде відповідь.',
  offline: 'Немає з’єднання. Повідомлення буде надіслано, щойно воно з’явиться.',
  connecting: 'З’єднуємося…',
  charsLeft: 'Лишилося символів: {n}',
  older: 'Завантажуємо…',
  keyboard: 'Варіанти відповіді',
  menu: 'Ще',
  emoji: 'Емодзі',
  reply: 'Відповісти',
  edited: 'змінено',
  deleted: 'Повідомлення видалено',
  news: 'Нові',
  full: 'Забагато повідомлень чекають на надсилання',
};

export default uk;

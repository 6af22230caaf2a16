// The few words that the loader itself shows. The frame has its own, larger table.
import { language } from '../wire/options.ts';

const strings = {
  en: { open: 'Open chat', close: 'Close chat', unread: 'unread', dismiss: 'Dismiss', chat: 'Chat' },
  uk: { open: 'Відкрити чат', close: 'Закрити чат', unread: 'непрочитаних', dismiss: 'Приховати', chat: 'Чат' },
};

/** The words of a language; English where there are none. */
export const words = (tag: unknown): (typeof strings)['en'] => strings[language(tag) as 'en'] ?? strings.en;

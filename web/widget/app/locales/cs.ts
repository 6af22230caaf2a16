// Czech.
import type { Locale } from './en.ts';

const cs: Locale = {
  title: 'Chat',
  subtitle: 'Odpovíme, jakmile to bude možné',
  close: 'Zavřít chat',
  messages: 'Zprávy',
  write: 'Napište zprávu…',
  attach: 'Přiložit soubor',
  send: 'Odeslat',
  you: 'Vy',
  bot: 'Asistent',
  operator: 'Operátor',
  sending: 'Odesílá se',
  sent: 'Odesláno',
  seen: 'Zobrazeno',
  joined: '{name} je nyní v chatu',
  left: '{name} už není v chatu',
  ended: 'Chat skončil',
  thinkingBlocks: 'Odeslat půjde, jakmile přijde odpověď.',
  offline: 'Bez připojení. Zprávy se odešlou, až se obnoví.',
  connecting: 'Připojování…',
  charsLeft: 'Zbývá znaků: {n}',
  older: 'Načítání…',
  keyboard: 'Možnosti odpovědi',
  menu: 'Více',
  emoji: 'Emoji',
  reply: 'Odpovědět',
  edited: 'upraveno',
  deleted: 'Tato zpráva byla smazána',
  news: 'Nové',
  full: 'Na odeslání čeká příliš mnoho zpráv',
};

export default cs;

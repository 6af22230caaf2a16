// Polish.
import type { Locale } from './en.ts';

const pl: Locale = {
  title: 'Czat',
  subtitle: 'Odpowiemy najszybciej, jak to możliwe',
  close: 'Zamknij czat',
  messages: 'Wiadomości',
  write: 'Napisz wiadomość…',
  attach: 'Dołącz plik',
  send: 'Wyślij',
  you: 'Ty',
  bot: 'Asystent',
  operator: 'Konsultant',
  sending: 'Wysyłanie',
  sent: 'Wysłano',
  seen: 'Odczytano',
  joined: '{name} dołącza do czatu',
  left: '{name} opuszcza czat',
  ended: 'Czat zakończony',
  thinkingBlocks: 'Można wysłać, gdy tylko nadejdzie odpowiedź.',
  offline: 'Brak połączenia. Wiadomości zostaną wysłane, gdy wróci.',
  connecting: 'Łączenie…',
  charsLeft: 'Pozostało znaków: {n}',
  older: 'Wczytywanie…',
  keyboard: 'Odpowiedzi do wyboru',
  menu: 'Więcej',
  emoji: 'Emoji',
  reply: 'Odpowiedz',
  edited: 'edytowano',
  deleted: 'Ta wiadomość została usunięta',
  news: 'Nowe',
  full: 'Zbyt wiele wiadomości czeka na wysłanie',
};

export default pl;

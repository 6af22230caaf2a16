// Romanian.
import type { Locale } from './en.ts';

const ro: Locale = {
  title: 'Chat',
  subtitle: 'Răspundem cât mai curând',
  close: 'Închideți chatul',
  messages: 'Mesaje',
  write: 'Scrieți un mesaj…',
  attach: 'Atașați un fișier',
  send: 'Trimiteți',
  you: 'Dvs.',
  bot: 'Asistent',
  operator: 'Operator',
  sending: 'Se trimite',
  sent: 'Trimis',
  seen: 'Văzut',
  joined: '{name} a intrat în chat',
  left: '{name} a ieșit din chat',
  ended: 'Chatul s-a încheiat',
  thinkingBlocks: 'Puteți trimite imediat ce sosește răspunsul.',
  offline: 'Fără conexiune. Mesajele vor fi trimise când revine.',
  connecting: 'Se conectează…',
  charsLeft: 'Caractere rămase: {n}',
  older: 'Se încarcă…',
  keyboard: 'Răspunsuri la alegere',
  menu: 'Mai mult',
  emoji: 'Emoji',
  reply: 'Răspundeți',
  edited: 'editat',
  deleted: 'Acest mesaj a fost șters',
  news: 'Noi',
  full: 'Prea multe mesaje așteaptă să fie trimise',
};

export default ro;

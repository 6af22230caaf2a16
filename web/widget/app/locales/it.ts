// Italian.
import type { Locale } from './en.ts';

const it: Locale = {
  title: 'Chat',
  subtitle: 'Rispondiamo appena possibile',
  close: 'Chiudi la chat',
  messages: 'Messaggi',
  write: 'Scrivi un messaggio…',
  attach: 'Allega un file',
  send: 'Invia',
  you: 'Tu',
  bot: 'Assistente',
  operator: 'Operatore',
  sending: 'Invio in corso',
  sent: 'Inviato',
  seen: 'Letto',
  joined: '{name} è in chat',
  left: '{name} ha lasciato la chat',
  ended: 'La chat è terminata',
  thinkingBlocks: 'Potrai inviare appena arriva la risposta.',
  offline: 'Nessuna connessione. I messaggi partiranno quando torna.',
  connecting: 'Connessione…',
  charsLeft: 'Caratteri rimasti: {n}',
  older: 'Caricamento…',
  keyboard: 'Risposte tra cui scegliere',
  menu: 'Altro',
  emoji: 'Emoji',
  reply: 'Rispondi',
  edited: 'modificato',
  deleted: 'Questo messaggio è stato eliminato',
  news: 'Nuovi',
  full: 'Troppi messaggi in attesa di invio',
};

export default it;

// German.
import type { Locale } from './en.ts';

const de: Locale = {
  title: 'Chat',
  subtitle: 'Wir antworten so bald wie möglich',
  close: 'Chat schließen',
  messages: 'Nachrichten',
  write: 'Nachricht schreiben…',
  attach: 'Datei anhängen',
  send: 'Senden',
  you: 'Sie',
  bot: 'Assistent',
  operator: 'Support',
  sending: 'Wird gesendet',
  sent: 'Gesendet',
  seen: 'Gelesen',
  joined: '{name} ist jetzt im Chat',
  left: '{name} hat den Chat verlassen',
  ended: 'Der Chat ist beendet',
  thinkingBlocks: 'Sie können senden, sobald die Antwort da ist.',
  offline: 'Keine Verbindung. Ihre Nachrichten werden gesendet, sobald sie wieder da ist.',
  connecting: 'Verbindung wird hergestellt…',
  charsLeft: 'Verbleibende Zeichen: {n}',
  older: 'Wird geladen…',
  keyboard: 'Antwortmöglichkeiten',
  menu: 'Mehr',
  emoji: 'Emoji',
  reply: 'Antworten',
  edited: 'bearbeitet',
  deleted: 'Diese Nachricht wurde gelöscht',
  news: 'Neu',
  full: 'Zu viele Nachrichten warten auf das Senden',
};

export default de;

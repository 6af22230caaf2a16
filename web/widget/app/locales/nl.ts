// Dutch.
import type { Locale } from './en.ts';

const nl: Locale = {
  title: 'Chat',
  subtitle: 'We antwoorden zo snel mogelijk',
  close: 'Chat sluiten',
  messages: 'Berichten',
  write: 'Schrijf een bericht…',
  attach: 'Bestand toevoegen',
  send: 'Versturen',
  you: 'Jij',
  bot: 'Assistent',
  operator: 'Medewerker',
  sending: 'Wordt verstuurd',
  sent: 'Verstuurd',
  seen: 'Gelezen',
  joined: '{name} is nu in de chat',
  left: '{name} heeft de chat verlaten',
  ended: 'De chat is beëindigd',
  thinkingBlocks: 'Je kunt dit versturen zodra het antwoord er is.',
  offline: 'Geen verbinding. Je berichten worden verstuurd zodra die er weer is.',
  connecting: 'Verbinden…',
  charsLeft: 'Resterende tekens: {n}',
  older: 'Laden…',
  keyboard: 'Antwoorden om uit te kiezen',
  menu: 'Meer',
  emoji: 'Emoji',
  reply: 'Beantwoorden',
  edited: 'bewerkt',
  deleted: 'Dit bericht is verwijderd',
  news: 'Nieuw',
  full: 'Er wachten te veel berichten op verzending',
};

export default nl;

// French.
import type { Locale } from './en.ts';

const fr: Locale = {
  title: 'Chat',
  subtitle: 'Nous répondons dès que possible',
  close: 'Fermer le chat',
  messages: 'Messages',
  write: 'Écrivez un message…',
  attach: 'Joindre un fichier',
  send: 'Envoyer',
  you: 'Vous',
  bot: 'Assistant',
  operator: 'Conseiller',
  sending: 'Envoi en cours',
  sent: 'Envoyé',
  seen: 'Vu',
  joined: '{name} a rejoint le chat',
  left: '{name} a quitté le chat',
  ended: 'Le chat est terminé',
  thinkingBlocks: 'Vous pourrez envoyer dès que la réponse sera là.',
  offline: 'Pas de connexion. Vos messages partiront dès son retour.',
  connecting: 'Connexion…',
  charsLeft: 'Caractères restants : {n}',
  older: 'Chargement…',
  keyboard: 'Réponses au choix',
  menu: 'Plus',
  emoji: 'Émojis',
  reply: 'Répondre',
  edited: 'modifié',
  deleted: 'Ce message a été supprimé',
  news: 'Nouveaux',
  full: 'Trop de messages en attente d’envoi',
};

export default fr;

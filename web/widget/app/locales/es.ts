// Spanish.
import type { Locale } from './en.ts';

const es: Locale = {
  title: 'Chat',
  subtitle: 'Respondemos lo antes posible',
  close: 'Cerrar el chat',
  messages: 'Mensajes',
  write: 'Escribe un mensaje…',
  attach: 'Adjuntar un archivo',
  send: 'Enviar',
  you: 'Tú',
  bot: 'Asistente',
  operator: 'Agente',
  sending: 'Enviando',
  sent: 'Enviado',
  seen: 'Visto',
  joined: '{name} se ha unido al chat',
  left: '{name} ha salido del chat',
  ended: 'El chat ha terminado',
  thinkingBlocks: 'Podrás enviarlo en cuanto llegue la respuesta.',
  offline: 'Sin conexión. Tus mensajes se enviarán cuando vuelva.',
  connecting: 'Conectando…',
  charsLeft: 'Caracteres restantes: {n}',
  older: 'Cargando…',
  keyboard: 'Respuestas para elegir',
  menu: 'Más',
  emoji: 'Emojis',
  reply: 'Responder',
  edited: 'editado',
  deleted: 'Este mensaje se ha eliminado',
  news: 'Nuevos',
  full: 'Hay demasiados mensajes por enviar',
};

export default es;

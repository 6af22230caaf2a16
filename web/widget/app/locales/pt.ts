// Portuguese.
import type { Locale } from './en.ts';

const pt: Locale = {
  title: 'Chat',
  subtitle: 'Respondemos assim que possível',
  close: 'Fechar o chat',
  messages: 'Mensagens',
  write: 'Escreva uma mensagem…',
  attach: 'Anexar um arquivo',
  send: 'Enviar',
  you: 'Você',
  bot: 'Assistente',
  operator: 'Atendente',
  sending: 'Enviando',
  sent: 'Enviada',
  seen: 'Vista',
  joined: '{name} entrou no chat',
  left: '{name} saiu do chat',
  ended: 'O chat foi encerrado',
  thinkingBlocks: 'Você poderá enviar assim que a resposta chegar.',
  offline: 'Sem conexão. As mensagens serão enviadas quando ela voltar.',
  connecting: 'Conectando…',
  charsLeft: 'Caracteres restantes: {n}',
  older: 'A carregar…',
  keyboard: 'Respostas para escolher',
  menu: 'Mais',
  emoji: 'Emojis',
  reply: 'Responder',
  edited: 'editada',
  deleted: 'Esta mensagem foi apagada',
  news: 'Novas',
  full: 'Mensagens demais aguardando envio',
};

export default pt;

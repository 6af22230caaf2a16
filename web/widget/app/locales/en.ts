// English. The keys of this file are the keys of all.

const en = {
  title: 'Chat',
  subtitle: 'We reply as soon as we can',
  close: 'Close chat',
  messages: 'Messages',
  write: 'Write a message…',
  attach: 'Attach a file',
  send: 'Send',
  you: 'You',
  bot: 'Assistant',
  operator: 'Operator',
  sending: 'Sending',
  sent: 'Sent',
  seen: 'Seen',
  joined: '{name} joined the chat',
  left: '{name} left the chat',
  ended: 'The chat has ended',
  thinkingBlocks: 'You can send this as soon as the answer is there.',
  offline: 'No connection. Your messages will be sent when it is back.',
  connecting: 'Connecting…',
  charsLeft: 'Characters left: {n}',
  older: 'Loading…',
  keyboard: 'Answers to choose from',
  menu: 'More',
  emoji: 'Emoji',
  reply: 'Reply',
  edited: 'edited',
  deleted: 'This message was deleted',
  news: 'New',
  full: 'Too many messages are waiting to be sent',
};

/** The texts of one language. */
export type Locale = typeof en;

export default en;

// Chinese.
import type { Locale } from './en.ts';

const zh: Locale = {
  title: '聊天',
  subtitle: '我们会尽快回复',
  close: '关闭聊天',
  messages: '消息',
  write: '输入消息…',
  attach: '添加文件',
  send: '发送',
  you: '您',
  bot: '助手',
  operator: '客服',
  sending: '发送中',
  sent: '已发送',
  seen: '已读',
  joined: '{name} 加入了聊天',
  left: '{name} 离开了聊天',
  ended: '聊天已结束',
  thinkingBlocks: '收到回复后即可发送。',
  offline: '没有网络连接。恢复后将发送您的消息。',
  connecting: '正在连接…',
  charsLeft: '剩余字数：{n}',
  older: '正在加载…',
  keyboard: '可选的回答',
  menu: '更多',
  emoji: '表情',
  reply: '回复',
  edited: '已编辑',
  deleted: '此消息已删除',
  news: '新消息',
  full: '等待发送的消息过多',
};

export default zh;

// Japanese.
import type { Locale } from './en.ts';

const ja: Locale = {
  title: 'チャット',
  subtitle: 'できるだけ早くお返事します',
  close: 'チャットを閉じる',
  messages: 'メッセージ',
  write: 'メッセージを入力…',
  attach: 'ファイルを添付',
  send: '送信',
  you: 'あなた',
  bot: 'アシスタント',
  operator: '担当者',
  sending: '送信中',
  sent: '送信済み',
  seen: '既読',
  joined: '{name}さんが参加しました',
  left: '{name}さんが退出しました',
  ended: 'チャットは終了しました',
  thinkingBlocks: '返信が届きしだい送信できます。',
  offline: '接続されていません。接続が戻るとメッセージが送信されます。',
  connecting: '接続中…',
  charsLeft: '残り文字数：{n}',
  older: '読み込み中…',
  keyboard: '回答の選択肢',
  menu: 'その他',
  emoji: '絵文字',
  reply: '返信',
  edited: '編集済み',
  deleted: 'このメッセージは削除されました',
  news: '新着',
  full: '送信待ちのメッセージが多すぎます',
};

export default ja;

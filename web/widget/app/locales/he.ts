// Hebrew.
import type { Locale } from './en.ts';

const he: Locale = {
  title: 'צ׳אט',
  subtitle: 'נענה בהקדם האפשרי',
  close: 'סגירת הצ׳אט',
  messages: 'הודעות',
  write: 'כתיבת הודעה…',
  attach: 'צירוף קובץ',
  send: 'שליחה',
  you: 'אתם',
  bot: 'העוזר',
  operator: 'נציג',
  sending: 'בשליחה',
  sent: 'נשלחה',
  seen: 'נצפתה',
  joined: '{name} בצ׳אט עכשיו',
  left: '{name} כבר לא בצ׳אט',
  ended: 'הצ׳אט הסתיים',
  thinkingBlocks: 'אפשר יהיה לשלוח מיד כשתגיע התשובה.',
  offline: 'אין חיבור. ההודעות יישלחו כשיחזור.',
  connecting: 'מתחברים…',
  charsLeft: 'תווים שנותרו: {n}',
  older: 'טוענים…',
  keyboard: 'תשובות לבחירה',
  menu: 'עוד',
  emoji: 'אמוג׳י',
  reply: 'תגובה',
  edited: 'נערכה',
  deleted: 'ההודעה נמחקה',
  news: 'חדש',
  full: 'יותר מדי הודעות ממתינות לשליחה',
};

export default he;

// Arabic.
import type { Locale } from './en.ts';

const ar: Locale = {
  title: 'الدردشة',
  subtitle: 'نرد عليك في أقرب وقت ممكن',
  close: 'إغلاق الدردشة',
  messages: 'الرسائل',
  write: 'اكتب رسالة…',
  attach: 'إرفاق ملف',
  send: 'إرسال',
  you: 'أنت',
  bot: 'المساعد',
  operator: 'موظف الدعم',
  sending: 'جارٍ الإرسال',
  sent: 'أُرسلت',
  seen: 'شوهدت',
  joined: 'انضم {name} إلى الدردشة',
  left: 'غادر {name} الدردشة',
  ended: 'انتهت الدردشة',
  thinkingBlocks: 'يمكنك الإرسال فور وصول الرد.',
  offline: 'لا يوجد اتصال. ستُرسل رسائلك عند عودته.',
  connecting: 'جارٍ الاتصال…',
  charsLeft: 'الأحرف المتبقية: {n}',
  older: 'جارٍ التحميل…',
  keyboard: 'إجابات للاختيار',
  menu: 'المزيد',
  emoji: 'رموز تعبيرية',
  reply: 'رد',
  edited: 'معدّلة',
  deleted: 'حُذفت هذه الرسالة',
  news: 'جديد',
  full: 'رسائل كثيرة بانتظار الإرسال',
};

export default ar;

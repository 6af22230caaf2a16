// Turkish.
import type { Locale } from './en.ts';

const tr: Locale = {
  title: 'Sohbet',
  subtitle: 'En kısa sürede yanıtlıyoruz',
  close: 'Sohbeti kapat',
  messages: 'Mesajlar',
  write: 'Bir mesaj yazın…',
  attach: 'Dosya ekle',
  send: 'Gönder',
  you: 'Siz',
  bot: 'Asistan',
  operator: 'Temsilci',
  sending: 'Gönderiliyor',
  sent: 'Gönderildi',
  seen: 'Görüldü',
  joined: '{name} sohbete katıldı',
  left: '{name} sohbetten ayrıldı',
  ended: 'Sohbet sona erdi',
  thinkingBlocks: 'Yanıt gelir gelmez gönderebilirsiniz.',
  offline: 'Bağlantı yok. Mesajlarınız bağlantı gelince gönderilecek.',
  connecting: 'Bağlanıyor…',
  charsLeft: 'Kalan karakter: {n}',
  older: 'Yükleniyor…',
  keyboard: 'Yanıt seçenekleri',
  menu: 'Daha fazla',
  emoji: 'Emoji',
  reply: 'Yanıtla',
  edited: 'düzenlendi',
  deleted: 'Bu mesaj silindi',
  news: 'Yeni',
  full: 'Gönderilmeyi bekleyen çok fazla mesaj var',
};

export default tr;

// Ukrainian, for the chunks.
import type { More } from './en.ts';

const uk: More = {
  openLink: 'Відкрити посилання?',
  goingTo: 'Ви переходите на {host}',
  open: 'Відкрити',
  cancel: 'Скасувати',
  image: 'Зображення',
  imageFailed: 'Не вдалося показати зображення',
  file: 'Файл',
  failed: 'Не надіслано',
  retry: 'Спробувати ще раз',
  delete: 'Видалити',
  blocked: 'Зараз ви не можете писати сюди',
  sending: 'Надсилання файлів',
  tooLarge: 'Більше, ніж {size}',
  wrongType: 'Файли цього типу сюди не надіслати',
  tooMany: 'Забагато файлів одночасно',
  lost: 'З’єднання перервалося',
};

export default uk;

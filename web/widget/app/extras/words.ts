// The words of the extras, apart from the app's, so that a first visit need not load them.

const en = {
  openLink: 'Open this link?',
  goingTo: 'You are going to {host}',
  open: 'Open',
  cancel: 'Cancel',
  image: 'Picture',
  imageFailed: 'The picture cannot be shown',
  file: 'File',
  failed: 'Not sent',
  retry: 'Try again',
  delete: 'Delete',
  blocked: 'You cannot write here at the moment',
  sending: 'Sending files',
  tooLarge: 'Larger than {size}',
  wrongType: 'Files of this type cannot be sent here',
  tooMany: 'Too many files at once',
  lost: 'The connection was lost',
};

/** All languages; the same as the app's. */
export const all: Record<string, typeof en> = {
  en,
  uk: {
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
  },
};

/** The words of a language that the app has chosen. */
export const words = (tag: string): typeof en => all[tag] ?? en;

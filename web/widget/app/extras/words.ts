// The words of the extras, apart from the app's, so that a first visit need not load them.

const en = {
  openLink: 'Open this link?',
  goingTo: 'You are going to {host}',
  open: 'Open',
  cancel: 'Cancel',
  image: 'Picture',
  imageFailed: 'The picture cannot be shown',
  file: 'File',
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
  },
};

/** The words of a language that the app has chosen. */
export const words = (tag: string): typeof en => all[tag] ?? en;

// English, for the chunks that are loaded when they are needed. The keys of this file are the keys of all.

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

/** The words of the chunks in one language. */
export type More = typeof en;

export default en;

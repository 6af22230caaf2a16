// The page in the configurator's preview: a shop of nothing but shapes, with the real loader. The settings that the
// gateway gives are laid over with those that are being tried.
import { received, type FromPreview, type Scene, type ToPreview } from './previewing.ts';

interface PreviewWindow {
  kw(command: string, ...rest: unknown[]): void;
  kw_event(name: string, payload: unknown): void;
  __kw: { settings(bot: string, settings: object): void };
}

const page = window as unknown as PreviewWindow;
const tell = (message: FromPreview) => parent.postMessage(message, location.origin);

function begin({ bot, settings, language_code, format, theme, dir, open, words }: Scene): void {
  const root = document.documentElement;
  root.dir = dir;
  root.lang = language_code || root.lang;
  root.classList.add(theme, format);
  document.title = words.shop;
  document.querySelector('h1')!.textContent = format === 'container' ? words.account : words.shop;

  const script = document.createElement('script');
  script.src = '/widget/v2/kw.js';
  script.onerror = () => tell({ preview: 'error', message: script.src });
  script.onload = () => {
    const given = page.__kw.settings;
    page.__kw.settings = (of, saved) => {
      given(of, { ...saved, ...settings });
      if (format === 'mini' && !open) requestAnimationFrame(() => tell({ preview: 'ready' }));
    };
    page.kw('on', 'ready', () => tell({ preview: 'ready' }));
    page.kw('on', 'opened', () => tell({ preview: 'open', open: true }));
    page.kw('on', 'closed', () => tell({ preview: 'open', open: false }));
    page.kw('on', 'error', ({ message = '' }: { message?: string } = {}) => tell({ preview: 'error', message }));
    const container = { mini: undefined, container: '#chat', page: 'body' }[format];
    page.kw('init', { bot_id: bot, ...(language_code && { language_code }), ...(container && { container }), params_from_site: {} });
    if (open && !container) page.kw_event('openchat', 1);
  };
  document.head.append(script);
}

let isBegun = false;
addEventListener('message', (event) => {
  const message = received<ToPreview>(event, parent);
  if (message?.preview === 'scene' && !isBegun) {
    isBegun = true;
    begin(message.scene);
  }
  if (message?.preview === 'colors') page.kw_event('kwcolor', message.colors);
  if (message?.preview === 'titles') page.kw_event('command', { title: message.title, subtitle: message.subtitle });
});
if (parent !== window) tell({ preview: 'hello' });

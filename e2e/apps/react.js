// A React application with routes, in strict mode, with the package's components.
import { createElement as h, StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Chat, ChatLauncher, useWidget } from '@switchboard/widget/react';

const src = `${document.body.dataset.chat}/widget/v2/kw.js`;

function Hooked() {
  const chat = useWidget({ src, language_code: 'en' });
  return h('button', { id: 'ask', onClick: () => chat?.open() }, 'Ask');
}

const routes = {
  home: () => h(ChatLauncher, { src, params_from_site: { name: 'Olena' } }),
  basket: () => h(ChatLauncher, { src, params_from_site: { name: 'Olena', basket: 1 } }),
  user: () => h(ChatLauncher, { src, user_id: 'olena' }),
  chat: () => h(Chat, { src, style: { height: 500 } }),
  hook: () => h(Hooked),
  none: () => null,
};

function App() {
  const [route, setRoute] = useState('none');
  useEffect(() => {
    window.go = (to) => {
      history.pushState(null, '', `?chat=${document.body.dataset.chat}&at=${to}`);
      setRoute(to);
    };
  }, []);
  return h('main', { key: 'main' }, h('h1', null, route), routes[route]());
}

createRoot(document.getElementById('root')).render(h(StrictMode, null, h(App)));

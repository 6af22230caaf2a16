// A Vue application with routes; its components load the widget when they come and destroy it when they go.
import { createApp, h, onMounted, onUnmounted, ref } from 'vue';
import { load } from '@switchboard/widget';

const src = `${document.body.dataset.chat}/widget/v2/kw.js`;

const Launcher = {
  props: ['options'],
  setup(props) {
    let chat;
    onMounted(() => (chat = load({ src, ...props.options })));
    onUnmounted(() => chat.destroy());
    return () => null;
  },
};
const Chat = {
  setup() {
    const box = ref();
    let chat;
    onMounted(() => (chat = load({ src, container: box.value })));
    onUnmounted(() => chat.destroy());
    return () => h('div', { ref: box, style: 'height: 500px' });
  },
};
const routes = {
  home: () => h(Launcher, { key: 'home', options: { params_from_site: { name: 'Olena' } } }),
  basket: () => h(Launcher, { key: 'basket', options: { params_from_site: { basket: 1 } } }),
  user: () => h(Launcher, { key: 'user', options: { user_id: 'olena' } }),
  chat: () => h(Chat, { key: 'chat' }),
  none: () => null,
};

createApp({
  setup() {
    const route = ref('none');
    window.go = (to) => {
      history.pushState(null, '', `?chat=${document.body.dataset.chat}&at=${to}`);
      route.value = to;
    };
    return () => h('main', [h('h1', route.value), routes[route.value]()]);
  },
}).mount('#root');

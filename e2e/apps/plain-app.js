// An application that swaps its body with every route, as some frameworks do, and runs its embed code again.
const { chat } = document.body.dataset;
window.KwizbotWidget = 'kw';
window.kw = (...args) => (window.kw.q ??= []).push(args);
const script = document.createElement('script');
script.src = `${chat}/widget/v2/kw.js`;
document.head.append(script);

const routes = {
  home: { params_from_site: { name: 'Olena' } },
  basket: { params_from_site: { basket: 1 } },
  user: { user_id: 'olena' },
  chat: { container: '#chat' },
};
window.go = (to) => {
  history.pushState(null, '', `?chat=${chat}&at=${to}`);
  const body = document.createElement('body');
  body.innerHTML = `<h1>${to}</h1>${to === 'chat' ? '<div id="chat" style="height: 500px"></div>' : ''}`;
  document.body.replaceWith(body);
  if (routes[to]) window.kw('init', routes[to]);
  else window.kw_event?.('destroy');
};

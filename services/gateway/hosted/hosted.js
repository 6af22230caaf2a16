// The page is a site with the chat in it, as any other: this is the embed code, with the body as the chat's container.
(function () {
  'use strict';
  var body = document.body;
  var options = { bot_id: body.dataset.bot, container: body };
  if (body.dataset.lang) options.language_code = body.dataset.lang;
  window.KwizbotWidget = 'kw';
  window.kw = function () {
    (window.kw.q = window.kw.q || []).push(arguments);
  };
  window.kw.l = +new Date();
  window.kw('init', options);
})();

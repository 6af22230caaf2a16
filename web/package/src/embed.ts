import type { WidgetOptions } from './options.js';

/** Where nothing may end the script or be taken for the end of a line. */
const literal = (value: unknown) => JSON.stringify(value, null, 2).replace(/[<\u2028\u2029]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));

/** The code that a page is given to put the widget on it, before the end of its body; in the form that the reference has. */
export function createEmbedCode({ src, ...options }: WidgetOptions & { src: string; container?: string }): string {
  return `<script>
  (function (w, d, s, u, n) {
    w['KwizbotWidget'] = n;
    w[n] = w[n] || function () {
      (w[n].q = w[n].q || []).push(arguments);
    };
    w[n].l = 1 * new Date();
    var e = d.createElement(s), f = d.getElementsByTagName(s)[0];
    e.async = 1;
    e.src = u;
    f.parentNode.insertBefore(e, f);
  })(window, document, 'script', ${literal(src)}, 'kw');

  kw('init', ${literal(options).replaceAll('\n', '\n  ')});
</script>`;
}

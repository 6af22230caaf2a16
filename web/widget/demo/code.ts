// The embed code that both pages of the demo give.

/** Writes a value as a person would; nothing in it can end a script element. */
export function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('<', '\\x3C').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const entries = Object.entries(value).map(([key, it]) => `${inner}${/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key, '')}: ${literal(it, inner)}`);
  return entries.length ? `{\n${entries.join(',\n')}\n${indent}}` : '{}';
}

/** The reference's loader, as its users have it. */
export const loader = (url: string, body: string) => `<script>
  (function (i, s, o, g, r, a, m) {
    i['KwizbotWidget'] = r;
    i[r] = i[r] || function () {
      (i[r].q = i[r].q || []).push(arguments);
      var css = document.createElement('style');
      css.type = 'text/css';
      css.innerHTML = '.showAfterCssLoaded{display: none}';
      document.head.appendChild(css);
    };
    i[r].l = 1 * new Date();
    a = s.createElement(o);
    m = s.getElementsByTagName(o)[0];
    a.async = 1;
    a.src = g;
    m.parentNode.insertBefore(a, m);
  })(window, document, 'script', ${literal(url, '')}, 'kw');

${body}
</script>`;

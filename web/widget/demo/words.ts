// The demo page's words. English is in the document itself.
export const uk: Record<string, string> = {
  nav_teas: 'Чаї',
  nav_embed: 'Код для сайту',
  nav_console: 'Консоль',
  eyebrow: 'Демонстраційна крамниця · чат справжній',
  title: 'Чай, який зачекає на вас',
  lead: 'Зібраний вручну для сірих ранків, довгих нарад і тих, хто забуває про свою чашку. Запитайте, який із них ваш.',
  ask: 'Запитати зараз',
  browse: 'Переглянути чаї',
  plants: 'Урожай цього тижня',
  p1: 'Весняна сенча',
  p1d: 'Яскрава й готова за дві хвилини',
  p2: 'Молочний улун',
  p2d: 'Вистачить на сім заварювань',
  p3: 'Садова м’ята',
  p3d: 'Без кофеїну й без поспіху',
  embed: 'Чат на вашому сайті',
  embed_text: 'Вставте цей код перед кінцем body. Спершу додайте походження свого сайту до списку бота, інакше чат не з’явиться і скаже про це в консолі браузера.',
  to_configurator: 'Налаштувати під себе',
  to_console: 'Відкрити консоль і відповісти',
  copy: 'Копіювати',
  copied: 'Скопійовано',
  foot: 'Leaf & Kettle не продає чаю. Крамниця показує Switchboard.',
  page_title: 'Leaf & Kettle · демонстрація Switchboard',
  visitor: 'Олена',
};

export const en: Record<string, string> = { copied: 'Copied', visitor: 'Olena' };

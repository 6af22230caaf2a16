// Sample conversations for the development server: every type of message at least once.

const minute = 60_000;

export function conversations(proto, now) {
  const { ActionType, DialogState, FormFieldKind, OwnerKind, OwnerReason, ParseMode } = proto;
  const at = (minutesAgo) => proto.timestamp(now - minutesAgo * minute);
  const message = (author, minutesAgo, kase, value, more = {}) => ({ author, time: at(minutesAgo), body: { case: kase, value }, ...more });
  const visitor = (m, text) => message("VISITOR", m, "text", { text });
  const bot = (m, text, parseMode = ParseMode.UNSPECIFIED) => message("BOT", m, "text", { text, parseMode });
  const queued = (m) => message("SYSTEM", m, "ownerChange", { owner: { kind: OwnerKind.QUEUE }, reason: OwnerReason.CONNECT });
  const dialog = (n, name, openedAgo, more = {}) => ({
    id: `0199c2a4-7d1e-7c00-8000-00000000000${n}/t ${n}`,
    conversation: `0199c2a4-7d1e-7c00-8000-00000000000${n}`,
    bot: "1",
    state: DialogState.WAITING,
    visitor: { id: `v-7f3a${n}`, name, language: "uk", params: {} },
    openedAt: at(openedAgo),
    closedAlias: "after_operator",
    ...more,
  });
  const active = (takenAgo) => ({ state: DialogState.ACTIVE, takenAt: at(takenAgo), mine: true });

  const order = dialog(1, "Iryna Melnyk", 7.4, {
    topic: "Delivery",
    visitor: {
      id: "0199c2a4-66b0-7a11-9f00-2b1e7c3d4f55",
      name: "Iryna Melnyk",
      language: "uk",
      params: { user_name: "Iryna Melnyk", plan: "premium", cart_total: 2480, returning: true, page: "https://shop.example.com/cart", tags: ["vip", "kyiv"] },
    },
  });
  const menu = [
    { text: "Where is my order?", actionType: ActionType.REPLY },
    { text: "Returns", actionType: ActionType.REPLY },
    { text: "Our blog", actionType: ActionType.OPEN_URL, actionBody: "https://shop.example.com/blog" },
    { text: "Call an operator", actionType: ActionType.REPLY },
  ];
  const orderLog = [
    message("VISITOR", 26 * 60, "start", { language: "uk", pageUrl: "https://shop.example.com/" }),
    bot(26 * 60, "Hello, Iryna! I am the shop's assistant."),
    visitor(26 * 60 - 1, "Do you deliver on Sundays?"),
    bot(26 * 60 - 1, "We deliver **every day** from 9:00 to 21:00. See [the rates](https://shop.example.com/delivery).\n- Kyiv: same day\n- elsewhere: 1–3 days", ParseMode.MARKDOWN),
    message("VISITOR", 9.2, "paramsChanged", {}),
    message("BOT", 9, "keyboard", { text: "Welcome back! How can I help?", buttons: menu }),
    message("VISITOR", 8.6, "button", { text: "Where is my order?", actionBody: "order_status" }),
    message("BOT", 8.5, "inlineKeyboard", { text: "Order <b>№ 48213</b> left the warehouse on <i>Friday</i>. Is it about this one?", parseMode: ParseMode.HTML, buttons: [{ text: "Yes" }, { text: "Another one" }] }),
    message("VISITOR", 8.1, "button", { text: "Yes" }),
    visitor(7.9, "The tracking page says “returned to sender”. I have been at home all day!"),
    message("VISITOR", 7.7, "image", { url: "/dev/picture.svg", alt: "Screenshot of the tracking page", width: 640, height: 360, caption: "Here is what I see" }),
    message("VISITOR", 7.65, "image", { url: "/dev/none.svg", alt: "Photo of the door" }),
    message("VISITOR", 7.6, "file", { url: "https://shop.example.com/invoice.pdf", name: "invoice-48213.pdf", size: 184_320n, contentType: "application/pdf" }),
    bot(7.5, "I am calling a colleague, one moment."),
    queued(7.4),
    visitor(6.2, "Is anybody there?"),
  ];

  const long = [];
  for (let i = 0; i < 130; i++) {
    long.push(i % 3 === 2 ? bot(300 - i * 2, `Answer ${i}: the second floor is open until nine in the evening.`) : visitor(300 - i * 2, `Question ${i}: what about item ${i * 7}? ${"It matters to me. ".repeat(i % 4)}`));
  }
  const own = dialog(4, "Marko Bondar", 38, { topic: "Returns", ...active(35) });
  const ownLog = [
    ...long,
    queued(38),
    message("SYSTEM", 35, "ownerChange", { owner: { kind: OwnerKind.OPERATOR, operatorId: "u-1", operatorName: "Daryna Kovalenko" }, reason: OwnerReason.TAKEN }),
    message("OPERATOR", 34, "text", { text: "Good afternoon, Marko! I am looking at your return right now." }, { authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("OPERATOR", 33.5, "text", { text: "The money will be on your card within two days." }, { authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("OPERATOR", 33, "text", { text: "Whose parcel was it agian?" }, { id: "typo", authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("OPERATOR", 32.5, "edit", { message: "typo", text: { text: "Whose parcel was it again?" } }, { authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("OPERATOR", 32, "text", { text: "This was for somebody else." }, { id: "wrong", authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("OPERATOR", 31.5, "deletion", { message: "wrong" }, { authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("OPERATOR", 30, "cards", {
      cards: [
        { title: "Sencha Uji", text: "Green. Fresh as a meadow after rain.", image: { url: "/dev/picture.svg", alt: "A bowl of tea", width: 640, height: 360 }, buttons: [{ text: "Put a tin aside" }, { text: "Read more", actionType: ActionType.OPEN_URL, actionBody: "https://shop.example.com/sencha" }] },
        { title: "Assam Doomni", text: "Black. Malt, honey and a good morning.", buttons: [{ text: "Put a tin aside" }] },
        { title: "Lapsang", text: "Black, and smoked over pine.", buttons: [{ text: "Put a tin aside" }] },
      ],
    }, { authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("OPERATOR", 29, "form", {
      text: "Where shall we send it?",
      fields: [{ name: "name", label: "Your name", required: true }, { name: "wrapped", label: "How shall we wrap it?", kind: FormFieldKind.CHOICE, choices: ["Plain", "As a gift"] }, { name: "news", label: "Send me the letter of the season", kind: FormFieldKind.CONSENT }],
    }, { id: "form", authorId: "u-1", authorName: "Daryna Kovalenko" }),
    message("VISITOR", 28, "formAnswer", { form: "form", values: { name: "Marko", wrapped: "As a gift", news: "true" }, text: "Your name: Marko" }),
    message("VISITOR", 27.9, "formAnswer", { form: "rating", values: { rating: "5" }, text: "★★★★★" }, { id: "rated" }),
    message("OPERATOR", 27, "seen", { message: "rated" }, { authorId: "u-1", authorName: "Daryna Kovalenko" }),
    visitor(3, "Thank you so much"),
    visitor(2.4, "One more thing: can I keep the gift that came with it?"),
  ];

  return [
    { dialog: order, messages: orderLog },
    { dialog: dialog(2, "", 2.2, { topic: "Payment" }), messages: [message("VISITOR", 4, "start", {}), visitor(3, "my card is refused, what now"), queued(2.2)] },
    { dialog: dialog(3, "Jean-Baptiste Lefèvre-Montmorency de la Tour", 0.4, { topic: "Wholesale" }), messages: [visitor(1, "Bonjour, I would like to order 400 pieces for our stores in Lyon and Grenoble"), queued(0.4)] },
    { dialog: own, messages: ownLog },
    {
      dialog: dialog(5, "سارة حداد", 64, active(60)),
      messages: [visitor(62, "مرحبا، هل المتجر مفتوح اليوم؟"), queued(64), message("OPERATOR", 58, "text", { text: "Hello Sara! Yes, until 21:00 today." }, { authorId: "u-1", authorName: "Daryna Kovalenko" })],
    },
  ];
}

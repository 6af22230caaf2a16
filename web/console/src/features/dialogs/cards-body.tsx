import type { Card, Cards } from "@switchboard/proto/chat/v1/message_pb";
import { useTranslation } from "react-i18next";
import { Choices, Picture } from "./message-body";

/** Cards as the visitor was shown them, to be scrolled through. */
export function CardsBody({ cards: { cards } }: { cards: Cards }) {
  const { t } = useTranslation();
  return (
    <ul aria-label={t("message.cards")} tabIndex={0} className="flex max-w-full snap-x gap-2 overflow-x-auto overscroll-x-contain">
      {cards.map((card, i) => (
        <li key={i} className="w-52 shrink-0 snap-start rounded-lg border border-current/25 p-2">
          <OneCard card={card} />
        </li>
      ))}
    </ul>
  );
}

function OneCard({ card }: { card: Card }) {
  return (
    <div className="grid gap-1">
      {card.image && <Picture image={card.image} />}
      {card.title && (
        <p dir="auto" className="font-medium wrap-anywhere">
          {card.title}
        </p>
      )}
      {card.text && (
        <p dir="auto" className="text-xs whitespace-pre-wrap wrap-anywhere">
          {card.text}
        </p>
      )}
      {card.buttons.length > 0 && <Choices buttons={card.buttons} />}
    </div>
  );
}

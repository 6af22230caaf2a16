import type { Button, File, Form, Image, Keyboard, Message } from "@switchboard/proto/chat/v1/message_pb";
import { ActionType, ParseMode } from "@switchboard/proto/chat/v1/message_pb";
import { ExternalLink, FileText, MousePointerClick } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../i18n/format";
import { CardsBody } from "./cards-body";
import { AnswerBody, FormBody } from "./form-body";
import { RichText } from "./rich-text";
import { fileUrl } from "./safe-url";

interface MessageBodyProps {
  body: Message["body"];
  /** The form that this is an answer to, if it is known. */
  form?: Form;
}

/** What was said, by its type. Types that nobody says are lines: see event-line.tsx. */
export function MessageBody({ body, form }: MessageBodyProps) {
  switch (body.case) {
    case "text":
      return <RichText text={body.value.text} mode={body.value.parseMode} />;
    case "button":
      return <Pressed text={body.value.text} />;
    case "image":
      return <Picture image={body.value} />;
    case "file":
      return <Attachment file={body.value} />;
    case "keyboard":
    case "inlineKeyboard":
      return <Question keyboard={body.value} />;
    case "cards":
      return <CardsBody cards={body.value} />;
    case "form":
      return <FormBody form={body.value} />;
    case "formAnswer":
      return <AnswerBody answer={body.value} form={form} />;
    default:
      return null;
  }
}

function Pressed({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <p dir="auto" className="flex items-start gap-1.5 wrap-anywhere">
      <MousePointerClick aria-hidden className="mt-0.5 size-4 shrink-0 opacity-70" />
      <span className="sr-only">{t("message.pressed")}: </span>
      {text}
    </p>
  );
}

export function Picture({ image }: { image: Image }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState(false);
  const url = fileUrl(image.url);
  const sized = image.width > 0 && image.height > 0;
  return (
    <figure>
      {url && !failed ? (
        <a href={url} target="_blank" rel="noopener noreferrer" title={t("message.openImage")}>
          <img
            src={url}
            alt={image.alt || t("message.image")}
            width={sized ? image.width : undefined}
            height={sized ? image.height : undefined}
            loading="lazy"
            referrerPolicy="no-referrer"
            onError={() => setFailed(true)}
            className="h-auto max-h-80 w-auto max-w-full rounded-lg object-contain"
          />
        </a>
      ) : (
        <p className="flex flex-wrap gap-x-2">
          <span>{image.alt || t("message.imageFailed")}</span>
          {url && (
            <a href={url} target="_blank" rel="noopener noreferrer" className="underline underline-offset-2">
              {t("message.openImage")}
            </a>
          )}
        </p>
      )}
      {image.caption && (
        <figcaption className="mt-1.5">
          <RichText text={image.caption} mode={ParseMode.UNSPECIFIED} />
        </figcaption>
      )}
    </figure>
  );
}

function Attachment({ file }: { file: File }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = [file.size > 0n && format.size(file.size), file.contentType].filter(Boolean).join(" · ");
  const card = (
    <>
      <FileText aria-hidden className="size-6 shrink-0 opacity-70" strokeWidth={1.5} />
      <span className="grid min-w-0">
        <span className="truncate font-medium">{file.name || t("message.file")}</span>
        {facts && <span className="truncate text-xs opacity-75">{facts}</span>}
      </span>
    </>
  );
  const url = fileUrl(file.url);
  if (!url) return <span className="flex items-center gap-2.5">{card}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="flex items-center gap-2.5 hover:underline">
      {card}
    </a>
  );
}

/** A keyboard as the visitor was shown it. */
function Question({ keyboard }: { keyboard: Keyboard }) {
  return (
    <div>
      {keyboard.text && <RichText text={keyboard.text} mode={keyboard.parseMode} />}
      <Choices buttons={keyboard.buttons} />
    </div>
  );
}

/** Buttons that the visitor was shown. They are the visitor's, so here they are only text. */
export function Choices({ buttons }: { buttons: readonly Button[] }) {
  const { t } = useTranslation();
  return (
    <ul aria-label={t("message.choices")} className="mt-2 flex flex-wrap gap-1.5">
      {buttons.map((button, i) => (
        <li
          key={i}
          title={button.actionType === ActionType.OPEN_URL ? button.actionBody : undefined}
          className="flex items-center gap-1 rounded-full border border-current/25 px-2.5 py-0.5 text-xs wrap-anywhere"
        >
          {button.text}
          {button.actionType === ActionType.OPEN_URL && (
            <>
              <ExternalLink aria-hidden className="size-3 shrink-0" />
              <span className="sr-only">({t("message.opensLink")})</span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

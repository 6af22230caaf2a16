import { FormFieldKind, type Form, type FormAnswer } from "@switchboard/proto/chat/v1/message_pb";
import { ClipboardList } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RichText } from "./rich-text";

/** A form as the visitor was asked by it. It is the visitor's, so here it is only read. */
export function FormBody({ form }: { form: Form }) {
  const { t } = useTranslation();
  return (
    <div>
      {form.text && <RichText text={form.text} mode={form.parseMode} />}
      <ul aria-label={t("message.fields")} className="mt-2 grid gap-1 text-xs">
        {form.fields.map((field) => (
          <li key={field.name} className="rounded-md border border-current/25 px-2 py-1 wrap-anywhere">
            {field.label || field.name}
            {field.required && (
              <>
                <span aria-hidden> *</span>
                <span className="sr-only"> ({t("message.required")})</span>
              </>
            )}
            {field.choices.length > 0 && `: ${field.choices.join(", ")}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the visitor put into a form: by its labels where the form is known, else in the words of their browser. */
export function AnswerBody({ answer, form }: { answer: FormAnswer; form?: Form }) {
  const { t } = useTranslation();
  const head = { prechat: t("message.prechat"), offline: t("message.offline"), rating: t("message.rating") }[answer.form] ?? t("message.filledIn");
  return (
    <div>
      <p className="flex items-center gap-1.5 text-xs font-medium opacity-75">
        <ClipboardList aria-hidden className="size-3.5 shrink-0" />
        {head}
      </p>
      {form ? (
        <dl className="mt-1 grid gap-1">
          {form.fields
            .filter((field) => answer.values[field.name])
            .map((field) => (
              <div key={field.name}>
                <dt className="text-xs opacity-75">{field.label || field.name}</dt>
                <dd dir="auto" className="whitespace-pre-wrap wrap-anywhere">
                  {field.kind === FormFieldKind.CONSENT ? t("details.yes") : answer.values[field.name]}
                </dd>
              </div>
            ))}
        </dl>
      ) : (
        <p dir="auto" className="mt-1 whitespace-pre-wrap wrap-anywhere">
          {answer.text}
        </p>
      )}
    </div>
  );
}

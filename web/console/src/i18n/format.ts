import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

export type Format = ReturnType<typeof newFormat>;

/** The language as this person uses it elsewhere: "en" of a browser in "en-GB" has 24 hours. */
function regional(language: string): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
}

/** Dates, durations and sizes in the chosen language. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => newFormat(regional(i18n.language)), [i18n.language]);
}

export function newFormat(language: string) {
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const shortDay = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const unit = (name: string, digits = 0) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits });
  const regions = new Intl.DisplayNames(language, { type: "region", fallback: "code" });
  const [second, minute, hour, days] = [unit("second"), unit("minute"), unit("hour"), unit("day")];
  // Bytes have no short name everywhere, so they are written out.
  const inBytes = new Intl.NumberFormat(language, { style: "unit", unit: "byte", unitDisplay: "long" });
  const sizes = [inBytes, unit("kilobyte"), unit("megabyte", 1), unit("gigabyte", 1)];
  return {
    time: (at: Date) => time.format(at),
    full: (at: Date) => full.format(at),
    day: (at: Date) => day.format(at),
    /** The time today, the date before. */
    brief: (at: Date, now: Date) => (at.toDateString() === now.toDateString() ? time : shortDay).format(at),
    /** A duration in its one or two largest units. */
    duration(ms: number): string {
      const s = Math.max(0, Math.floor(ms / 1000));
      if (s < 60) return second.format(s);
      const m = Math.floor(s / 60);
      if (m < 60) return minute.format(m);
      const h = Math.floor(m / 60);
      if (h < 24) return m % 60 === 0 ? hour.format(h) : `${hour.format(h)} ${minute.format(m % 60)}`;
      return days.format(Math.floor(h / 24));
    },
    /** A city and a country by its two letters, as far as they are known. */
    place: (country: string, city: string) =>
      [city, /^[A-Z]{2}$/.test(country) ? regions.of(country) : ""].filter(Boolean).join(", "),
    size(bytes: bigint): string {
      let value = Number(bytes);
      let i = 0;
      for (; value >= 1000 && i < sizes.length - 1; i++) value /= 1000;
      return sizes[i]!.format(value);
    },
  };
}

export function dateOf(at: Timestamp | undefined): Date | undefined {
  return at && timestampDate(at);
}

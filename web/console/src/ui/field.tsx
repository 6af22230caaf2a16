import { useId, type ComponentProps, type ReactNode } from "react";
import { cn } from "./cn";

interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: string;
  /** Shown inside the field's end, such as a button. */
  end?: ReactNode;
}

/** A labelled input. */
export function Field({ label, hint, end, className, ...rest }: FieldProps) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <div className="relative">
        {/* 16 px on touch screens: below that iOS zooms in. */}
        <input
          id={id}
          aria-describedby={hint ? `${id}-hint` : undefined}
          className={cn(
            "h-10 w-full rounded-lg border border-line-strong/60 bg-surface px-3 text-base placeholder:text-faint focus-visible:border-accent focus-visible:outline-offset-0 pointer-coarse:text-[16px]",
            end && "pe-11",
            className,
          )}
          {...rest}
        />
        {end && <div className="absolute inset-y-0 end-1 flex items-center">{end}</div>}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

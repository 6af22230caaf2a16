import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

const item =
  "flex h-8 items-center gap-2 rounded-md px-2 outline-none select-none data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:text-muted";

interface MenuProps {
  trigger: ReactNode;
  /** Asked when the menu has closed: whether the focus is needed elsewhere than on the trigger. */
  leaves?: () => boolean;
  children: ReactNode;
}

/** A menu under its trigger. */
export function Menu({ trigger, leaves, children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={(event) => leaves?.() && event.preventDefault()}
          className="z-50 min-w-52 animate-rise rounded-xl bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuHead({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1.5">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}

export function MenuItem({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <Radix.Item className={item} onSelect={onSelect}>
      {children}
    </Radix.Item>
  );
}

interface MenuChoiceProps {
  label: string;
  value: string;
  options: Readonly<Record<string, string>>;
  onChange: (value: string) => void;
}

/** One of several, each in its own words. */
export function MenuChoice({ label, value, options, onChange }: MenuChoiceProps) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
      <p className="px-2 pt-1 pb-0.5 text-xs text-muted">{label}</p>
      {Object.entries(options).map(([key, text]) => (
        <Radix.RadioItem key={key} value={key} lang={key} className={item}>
          {text}
          <Radix.ItemIndicator className="ms-auto">
            <Check aria-hidden />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

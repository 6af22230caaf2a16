import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  lead: string;
  children: ReactNode;
}

/** A modal question in the middle of the screen. */
export function Dialog({ open, onOpenChange, title, lead, children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[#0b0b10]/45" />
        <Radix.Content className="fixed inset-x-4 top-[18dvh] z-50 mx-auto max-w-105 animate-rise rounded-2xl bg-raised p-5 shadow-float">
          <Radix.Title className="text-[1rem]/6 font-semibold">{title}</Radix.Title>
          <Radix.Description className="mt-1 text-muted">{lead}</Radix.Description>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-colors disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-accent-ink not-disabled:hover:bg-accent-hover",
        plain: "border border-line bg-surface text-ink not-disabled:hover:bg-hover",
        ghost: "text-muted not-disabled:hover:bg-hover not-disabled:hover:text-ink",
        link: "text-accent-text underline-offset-2 not-disabled:hover:underline",
      },
      size: {
        md: "h-8 px-3 text-sm",
        lg: "h-10 px-4 text-base",
        icon: "size-8",
        inline: "h-auto p-0 text-xs",
      },
    },
    defaultVariants: { look: "plain", size: "md" },
  },
);

export function Button({ look, size, className, type = "button", ...rest }: ComponentProps<"button"> & VariantProps<typeof button>) {
  return <button type={type} className={cn(button({ look, size }), className)} {...rest} />;
}

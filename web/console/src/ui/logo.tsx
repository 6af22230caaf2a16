import url from "../favicon.svg";
import { cn } from "./cn";

export function Logo({ className }: { className?: string }) {
  return <img src={url} alt="" width="32" height="32" className={cn("size-8 rounded-lg", className)} />;
}

import { Author, type Message } from "@switchboard/proto/chat/v1/message_pb";
import { Ellipsis, Pencil, Reply, Trash2 } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useWork } from "../../live/context";
import { Button } from "../../ui/button";
import { cn } from "../../ui/cn";
import { Menu, MenuItem } from "../../ui/menu";
import { useActs } from "./acts";

interface MessageMenuProps {
  message: Message;
  className: string;
}

/** What can be done with a message: shown where the pointer is, and always to keys and fingers. */
export function MessageMenu({ message, className }: MessageMenuProps) {
  const { t } = useTranslation();
  const { me } = useWork();
  const acts = useActs();
  const chosen = useRef(false);
  if (!acts) return null;
  const own = message.author === Author.OPERATOR && message.authorId === me.id;
  const choose = (act: () => void) => () => {
    chosen.current = true;
    act();
  };
  const leaves = () => {
    const did = chosen.current;
    chosen.current = false;
    return did;
  };
  return (
    <Menu
      leaves={leaves}
      trigger={
        <Button
          look="ghost"
          size="icon"
          aria-label={t("message.actions")}
          className={cn("opacity-0 group-hover:opacity-100 focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100", className)}
        >
          <Ellipsis aria-hidden />
        </Button>
      }
    >
      <MenuItem onSelect={choose(() => acts.write({ kind: "reply", message }))}>
        <Reply aria-hidden className="rtl:-scale-x-100" />
        {t("message.reply")}
      </MenuItem>
      {own && message.body.case === "text" && (
        <MenuItem onSelect={choose(() => acts.write({ kind: "edit", message }))}>
          <Pencil aria-hidden />
          {t("message.edit")}
        </MenuItem>
      )}
      {own && (
        <MenuItem onSelect={choose(() => acts.remove(message))}>
          <Trash2 aria-hidden />
          {t("message.delete")}
        </MenuItem>
      )}
    </Menu>
  );
}

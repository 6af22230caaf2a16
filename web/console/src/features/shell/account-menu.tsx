import { Role } from "@switchboard/proto/config/v1/config_pb";
import { LogOut } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api";
import { chooseLanguage, languages, type Language } from "../../i18n/i18n";
import { useWork } from "../../live/context";
import { Avatar } from "../../ui/avatar";
import { Menu, MenuChoice, MenuHead, MenuItem, MenuLine } from "../../ui/menu";

const roles = {
  [Role.UNSPECIFIED]: "role.operator",
  [Role.OPERATOR]: "role.operator",
  [Role.SUPERVISOR]: "role.supervisor",
  [Role.ADMIN]: "role.admin",
  [Role.INTEGRATOR]: "role.integrator",
} as const;

/** Who is signed in, the language, and the way out. */
export function AccountMenu() {
  const { t, i18n } = useTranslation();
  const { session } = useApi();
  const { me } = useWork();
  return (
    <Menu
      trigger={
        <button type="button" className="block rounded-full">
          <span className="sr-only">{t("app.account", { name: me.name })}</span>
          <Avatar name={me.name} seed={me.id} />
        </button>
      }
    >
      <MenuHead>
        <p className="font-medium">{me.name}</p>
        <p className="text-xs text-muted">{t(roles[me.role] ?? roles[Role.OPERATOR])} · {me.email}</p>
      </MenuHead>
      <MenuLine />
      <MenuChoice
        label={t("app.language")}
        value={i18n.language}
        options={languages}
        onChange={(language) => chooseLanguage(i18n, language as Language)}
      />
      <MenuLine />
      <MenuItem onSelect={() => void session.signOut()}>
        <LogOut aria-hidden />
        {t("app.signOut")}
      </MenuItem>
    </Menu>
  );
}

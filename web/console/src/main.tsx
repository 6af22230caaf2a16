import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { browserApi } from "./api/api";
import { App } from "./app";
import { newI18n } from "./i18n/i18n";
import { newRouter } from "./router";

const api = browserApi();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App api={api} i18n={newI18n()} router={newRouter(api)} />
  </StrictMode>,
);

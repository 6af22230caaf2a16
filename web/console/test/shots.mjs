// Takes screenshots of the built console against the development server: node test/shots.mjs <dir>.
// Fails on any console error, refused resource or accessibility violation.
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const out = process.argv[2] ?? "/tmp/console-shots";
await mkdir(out, { recursive: true });
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

process.on("exit", () => server.kill()); // also when a step fails
const server = spawn(process.execPath, [fileURLToPath(new URL("devserver.mjs", import.meta.url))], {
  env: { ...process.env, PORT: "0" },
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(server.stdout, "data");
const base = String(line).trim();
const origin = new URL(base).origin;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

const problems = [];
const wide = { width: 1440, height: 900 };
const narrow = { width: 320, height: 640 };

async function visit(viewport, options, run) {
  const context = await browser.newContext({ viewport, locale: "en-GB", bypassCSP: false, ...options });
  const page = await context.newPage();
  page.on("console", (m) => {
    // The sample picture is missing on purpose, and a wrong password is a 401, a refused message a 403.
    if (m.type() === "error" && !/none\.svg|40[134]/.test(m.text() + m.location().url)) problems.push(m.text());
  });
  page.on("pageerror", (e) => problems.push(String(e)));
  await run(page);
  await context.close();
}

const shot = (page, name) => page.screenshot({ path: join(out, `${name}.png`) });

async function audit(page, name) {
  // Through the debugger, which the page's policy does not bind.
  const source = await (await import("node:fs/promises")).readFile(axe, "utf8");
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const v of violations) problems.push(`${name}: ${v.id}: ${v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary).join("; ")}`);
}

async function signIn(page) {
  await page.goto(base);
  await page.getByLabel("E-mail").fill("olena@example.com");
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Dialogs" }).first().waitFor();
  await page.getByText("Marko Bondar").first().waitFor();
}

const post = (path) => fetch(`${origin}/dev/${path}`, { method: "POST" });
const settle = (page) => page.waitForTimeout(350);

await visit(wide, {}, async (page) => {
  await page.goto(base);
  await page.getByLabel("E-mail").waitFor();
  await audit(page, "sign-in");
  await shot(page, "sign-in");
  await page.getByLabel("E-mail").fill("olena@example.com");
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await shot(page, "sign-in-wrong");
});

await visit(wide, {}, async (page) => {
  await signIn(page);
  await settle(page);
  await audit(page, "list");
  await shot(page, "list");
  await page.keyboard.press("j");
  await page.getByText("Is anybody there?").last().waitFor();
  await settle(page);
  await audit(page, "waiting");
  await shot(page, "conversation-waiting");
  await page.keyboard.press("t");
  const box = page.getByRole("textbox", { name: "Your answer" });
  await box.waitFor();
  await box.fill("Hello, Iryna! I see the parcel. Shall I send it again tomorrow?");
  await page.keyboard.press("Enter");
  await page.getByText("is writing").waitFor();
  await shot(page, "conversation-typing");
  await page.getByText("Yes, exactly.").last().waitFor();
  await settle(page);
  await audit(page, "mine");
  await shot(page, "conversation-mine");
  await page.getByRole("button", { name: "Close" }).click();
  await settle(page);
  await audit(page, "close");
  await shot(page, "close");
  await page.getByRole("button", { name: "Close the dialog" }).click();
  await page.getByText("This dialog is closed").waitFor();
  await shot(page, "closed");
  await page.reload(); // the session goes on
  await page.getByText("This dialog is closed").waitFor();
  await page.getByRole("button", { name: /Account/ }).click();
  await settle(page);
  await shot(page, "account");
});

await visit(wide, { colorScheme: "dark" }, async (page) => {
  await signIn(page);
  await page.getByText("Marko Bondar").first().click();
  await page.getByText("can I keep the gift").last().waitFor();
  await settle(page);
  await audit(page, "dark");
  await shot(page, "dark");
  await page.getByRole("log").hover();
  await page.mouse.wheel(0, -420);
  await settle(page);
  await audit(page, "rich");
  await shot(page, "rich");
  await page.mouse.wheel(0, -600);
  await settle(page);
  await audit(page, "rich-above");
  await shot(page, "rich-above");
  await page.getByRole("article").filter({ hasText: "Whose parcel was it again?" }).getByRole("button", { name: "What to do" }).press("Enter");
  await settle(page);
  await shot(page, "message-menu");
  await page.getByRole("menuitem", { name: "Change it" }).click();
  await settle(page);
  await audit(page, "editing");
  await shot(page, "editing");
  await page.keyboard.press("Escape");
  await page.getByRole("log").hover({ position: { x: 20, y: 40 } });
  for (let i = 0; i < 30; i++) {
    await page.mouse.wheel(0, -1500);
    await page.waitForTimeout(60);
  }
  await page.getByText("Question 0:").waitFor({ timeout: 5000 });
  await shot(page, "dark-top");
  await post(`say?conversation=0199c2a4-7d1e-7c00-8000-000000000004&text=Hello+again`);
  await page.getByText("1 new message").waitFor();
  await shot(page, "dark-unseen");
  await post("reject?on=1");
  await page.getByRole("textbox", { name: "Your answer" }).fill("Keep it!");
  await page.keyboard.press("Enter");
  await page.getByText("Not sent.").waitFor();
  await shot(page, "not-sent");
  await post("reject?on=0");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Not sent.").waitFor({ state: "detached" });
});

await visit(narrow, { hasTouch: true, isMobile: true, locale: "uk-UA" }, async (page) => {
  await page.goto(base);
  await page.getByRole("button", { name: "English" }).waitFor();
  await shot(page, "narrow-sign-in");
  await page.getByLabel("Ел. пошта").fill("olena@example.com");
  await page.getByLabel("Пароль", { exact: true }).fill("correct horse");
  await page.getByRole("button", { name: "Увійти" }).click();
  await page.getByText("Marko Bondar").waitFor();
  await settle(page);
  await audit(page, "narrow-list");
  await shot(page, "narrow-list");
  await page.getByText("Marko Bondar").click();
  await page.getByText("can I keep the gift").last().waitFor();
  await settle(page);
  await audit(page, "narrow-mine");
  await shot(page, "narrow-mine");
  await page.goBack();
  await page.getByText("Lefèvre").click();
  await settle(page);
  await shot(page, "narrow-waiting");
  await page.getByRole("button", { name: "Подробиці" }).click();
  await settle(page);
  await shot(page, "narrow-details");
});

await browser.close();
server.kill();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exitCode = 1;
}

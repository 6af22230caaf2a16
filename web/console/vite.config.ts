import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "/console/",
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      "@switchboard/proto": here("../proto/gen/switchboard"),
      "@": here("src"),
      // Radix locks scrolling with a <style> element, which a strict Content-Security-Policy
      // refuses. Our page itself never scrolls, so there is nothing to lock.
      "react-remove-scroll": here("src/ui/remove-scroll.tsx"),
    },
    // The generated code lies outside this package and finds its runtime here.
    dedupe: ["@bufbuild/protobuf"],
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // no data: URLs, so that `default-src 'self'` is enough
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1024, // scripts/finish.mjs holds the budget
  },
  server: {
    proxy: { "^/switchboard\\.": { target: process.env.SWITCHBOARD_URL ?? "http://127.0.0.1:8080" } },
  },
  test: {
    // Tests that need a document say so: // @vitest-environment jsdom
    include: ["src/**/*.test.{ts,tsx}"],
    testTimeout: 30_000, // a busy machine is not a failure
    restoreMocks: true,
    unstubGlobals: true,
  },
});

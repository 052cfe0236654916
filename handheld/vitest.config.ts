import { defineConfig } from "vitest/config";

export default defineConfig({
  // Pictures are Blobs here as in the browser, which the client's build for Node does not take.
  resolve: { alias: { "tus-js-client": "tus-js-client/lib.esm/browser/index.js" } },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    // Several of them ask Python, which takes its time to start on a machine that is busy.
    testTimeout: 60_000,
    setupFiles: ["fake-indexeddb/auto"],
    server: { deps: { inline: ["tus-js-client"] } },
  },
});

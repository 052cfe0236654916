import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const BASE = "/handheld/";
const SHELL = "public";

/** Tells the service worker which files make up the app, and a version that changes with them. */
function listFilesForServiceWorker(): Plugin {
  return {
    name: "list-files-for-service-worker",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const version = createHash("sha256");
        const files: string[] = [];
        for (const name of Object.keys(bundle).sort()) {
          const part = bundle[name]!;
          version.update(part.type === "asset" ? part.source : part.code);
          if (name !== "sw.js" && !name.endsWith(".map")) files.push(BASE + name);
        }
        for (const name of readdirSync(SHELL).sort()) {
          version.update(readFileSync(`${SHELL}/${name}`));
          files.push(BASE + name);
        }
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") throw new Error("the service worker was not built");
        worker.code = worker.code
          .replaceAll("__VERSION__", version.digest("hex").slice(0, 12))
          .replace(/["'`]__FILES__["'`]/, JSON.stringify(JSON.stringify(files)));
      },
    },
  };
}

/** Puts a compressed twin beside each file, so that serving it costs nothing. */
function compress(): Plugin {
  return {
    name: "compress",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [name, part] of Object.entries(bundle)) {
          if (!/\.(js|css|html)$/.test(name)) continue;
          const body = Buffer.from(part.type === "asset" ? part.source : part.code);
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          this.emitFile({
            type: "asset",
            fileName: `${name}.br`,
            source: brotliCompressSync(body, quality),
          });
          this.emitFile({
            type: "asset",
            fileName: `${name}.gz`,
            source: gzipSync(body, { level: 9 }),
          });
        }
      },
    },
  };
}

export default defineConfig({
  base: BASE,
  define: { __APP_VERSION__: JSON.stringify(process.env.npm_package_version ?? "0") },
  plugins: [listFilesForServiceWorker(), compress()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { app: "index.html", sw: "src/worker/sw.ts" },
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
});

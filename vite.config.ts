import { defineConfig, type HtmlTagDescriptor, type Plugin, type Rolldown } from "vite";

/** v86 names Node's modules for its own use in Node; that they are not there in a browser is as it should be. */
function exceptNodeModules(
  level: Rolldown.LogLevel,
  log: Rolldown.RolldownLog,
  pass: Rolldown.LogOrStringHandler,
): void {
  if (!log.message.includes("externalized for browser compatibility")) pass(level, log);
}

/**
 * What the page's first script asks for is asked for with it: the components and the entry of the session's worker.
 * A worker does not use what its page has preloaded, but finds it in the browser's cache; and of a module that the
 * page itself never runs browsers do not complain, as they do of a preload.
 */
function askEarly(): Plugin {
  return {
    name: "ask-early",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle = {} }) => {
        const components = Object.values(bundle).find(({ name }) => name === "drydock-app");
        const worker = Object.keys(bundle).find((file) => /\/worker-[^/]+\.js$/.test(file));
        if (components?.type !== "chunk" || !worker)
          throw new Error("the page's components or its worker are not there");
        const styles = [...(components.viteMetadata?.importedCss ?? [])];
        return [
          ...[worker, components.fileName].map((file) => link("modulepreload", file)),
          ...styles.map((file) => link("stylesheet", file)),
        ];
      },
    },
  };
}

function link(rel: string, file: string): HtmlTagDescriptor {
  return { tag: "link", attrs: { rel, crossorigin: true, href: `./${file}` } };
}

/** Monaco's layers, each on the ones before, as chunks that can be evaluated one at a time. */
const MONACO_LAYERS = [
  // What every chunk uses would otherwise be put into one of them.
  { name: "preload-helper", test: /vite\/preload-helper/, priority: 1 },
  { name: "monaco-base", test: /monaco-editor\/esm\/(vs\/base|external)\// },
  { name: "monaco-platform", test: /monaco-editor\/esm\/vs\/platform\// },
  { name: "monaco-common", test: /monaco-editor\/esm\/vs\/editor\/common\// },
  { name: "monaco-browser", test: /monaco-editor\/esm\/vs\/editor\/browser\// },
];

export default defineConfig({
  // Relative, so that the folder can be put anywhere.
  base: "./",
  // A path that is not there is 404, not the page: the session tells a missing VM image by it.
  appType: "mpa",
  plugins: [askEarly()],
  worker: { format: "es", rolldownOptions: { onLog: exceptNodeModules } },
  build: {
    target: "es2023",
    // Monaco's largest piece.
    chunkSizeWarningLimit: 900,
    rolldownOptions: { onLog: exceptNodeModules, output: { codeSplitting: { groups: MONACO_LAYERS } } },
  },
});

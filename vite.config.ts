import { defineConfig, type Rolldown } from "vite";

/** v86 names Node's modules for its own use in Node; that they are not there in a browser is as it should be. */
function exceptNodeModules(
  level: Rolldown.LogLevel,
  log: Rolldown.RolldownLog,
  pass: Rolldown.LogOrStringHandler,
): void {
  if (!log.message.includes("externalized for browser compatibility")) pass(level, log);
}

export default defineConfig({
  // Relative, so that the folder can be put anywhere.
  base: "./",
  // A path that is not there is 404, not the page: the session tells a missing VM image by it.
  appType: "mpa",
  worker: { format: "es", rolldownOptions: { onLog: exceptNodeModules } },
  build: {
    target: "es2023",
    // Monaco is one piece, loaded after the terminal has started.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { onLog: exceptNodeModules },
  },
});

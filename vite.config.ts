import { defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the folder can be put anywhere.
  base: "./",
  // A path that is not there is 404, not the page: the session tells a missing VM image by it.
  appType: "mpa",
  worker: { format: "es" },
  build: {
    target: "es2023",
    // Monaco is one piece, loaded after the terminal has started.
    chunkSizeWarningLimit: 4000,
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "vm-images/**/*.test.ts"],
          exclude: ["**/*.kernel.test.ts", "**/node_modules/**"],
        },
      },
      {
        // One machine at a time: each holds a core and half a gigabyte.
        test: {
          name: "kernel",
          include: ["src/**/*.kernel.test.ts", "vm-images/**/*.kernel.test.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

import { expect, test } from "@playwright/test";
import { DrydockPage } from "./pages/drydock-page.js";

test("from a page to a container that is built, run and seen", async ({ page }, info) => {
  const drydock = new DrydockPage(page);
  const shot = (name: string) => page.screenshot({ path: info.outputPath(`${name}.png`) });
  await drydock.open();
  await shot("prompt");

  await test.step("a container runs", async () => {
    expect(await drydock.shell("docker run --rm busybox echo hello 2>/dev/null")).toBe("hello");
  });

  await test.step("BigFile is built by the button", async () => {
    expect(await drydock.build()).toMatch(/^Built big in /);
    await drydock.view("Layers");
    await expect(drydock.layers.getByText("20 MB hidden", { exact: true })).toBeVisible();
    await shot("layers");
  });

  await test.step("the layers are docker history's, to the byte", async () => {
    const printed = await drydock.shell("docker history --no-trunc --human=false --format '{{.Size}}' big");
    const sizes = printed.split("\n").map(Number);
    const rows = drydock.layers.getByRole("listitem").locator(".head .size");
    await expect(rows).toHaveCount(sizes.length);
    const shown = await rows.evaluateAll((cells) => cells.map((cell) => cell.getAttribute("title")));
    expect(shown.map((title) => Number(title?.replaceAll(/\D/g, "")))).toEqual(sizes);
    expect(sizes).toContain(20_000_000);
  });

  await test.step("the file is absent in a container", async () => {
    expect(await drydock.shell("docker run --rm big /bin/ls /BigFile 2>&1 | tail -1")).toContain("No such file");
    expect(await drydock.shell("docker run --rm big")).toMatch(/hello/i);
  });

  await test.step("a second build is all cached", async () => {
    expect(await drydock.build()).toContain("all cached");
  });

  await test.step("the steps show what the kernel did", async () => {
    await drydock.view("Steps");
    await drydock.steps.getByRole("searchbox", { name: "Filter steps" }).fill("pivot_root");
    await expect(drydock.steps.getByRole("treeitem").filter({ hasText: "pivot_root" }).first()).toBeVisible();
    await shot("steps");
  });

  await test.step("the resources show what a container uses", async () => {
    await drydock.shell("docker run -d --name busy -m 64m --pids-limit 8 busybox sh -c 'while :; do :; done'");
    await drydock.view("Resources");
    const card = drydock.resources.getByRole("article", { name: "Container busy" });
    await expect(card.getByText("limit 64 MiB")).toBeVisible();
    await expect(card.getByRole("img", { name: /^CPU: [1-9]/ })).toBeVisible();
    await shot("resources");
    await drydock.shell("docker rm -f busy");
    await expect(card.getByText("exited 137")).toBeVisible();
  });

  expect(drydock.complaints).toEqual([]);
});

test("a build can be cancelled", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  await drydock.shell("printf 'FROM busybox\\nRUN sleep 600\\n' > Dockerfile");
  await page.getByRole("button", { name: "Build", exact: true }).click();
  await expect(drydock.editor.getByRole("status")).toContainText("sleep 600");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(drydock.editor.getByRole("status")).toContainText("Cancelled");
  expect(await drydock.shell("docker ps -aq | wc -l")).toBe("0");
});

import { expect, test } from "@playwright/test";
import { DrydockPage } from "./pages/drydock-page.js";

test("a missing VM image is said, with what to do", async ({ page }) => {
  await page.route("**/vm/vm.json", (route) => route.fulfill({ status: 404, body: "not found" }));
  await page.goto("./");
  await expect(page.getByRole("alert")).toContainText("The machine’s image is not on the server");
  await expect(page.getByRole("alert")).toContainText("npx drydock image");
  await page.unroute("**/vm/vm.json");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator(".xterm-rows")).toContainText("# ");
});

test("a machine that has stopped is said, and restarted with its files", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  // What the guest has not written back when its kernel dies is lost, as on any machine.
  await drydock.shell("echo kept > notes.md; sync");
  await expect(drydock.editor.getByRole("tab", { name: "notes.md" })).toBeVisible();
  await page.locator(".xterm-host").click();
  await page.keyboard.type("echo c > /proc/sysrq-trigger\n");
  await expect(page.getByRole("alert").filter({ hasText: "The machine has stopped" })).toBeVisible();
  await page.getByRole("button", { name: "Restart" }).click();
  await expect(drydock.header.getByText("Running", { exact: true })).toBeVisible();
  await expect.poll(() => drydock.shell("cat notes.md")).toBe("kept");
});

test("while the machine comes, the project is read, and a build is asked for, by keyboard alone", async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/vm/state-*", async (route) => {
    await held;
    await route.continue();
  });
  const drydock = new DrydockPage(page);
  await page.goto("./");
  await expect(drydock.editor.getByRole("group", { name: /^Dockerfile/ })).toContainText("FROM busybox");
  const plan = drydock.hull.getByRole("region", { name: "What Build will do" });
  await expect(plan.getByRole("listitem")).toHaveCount(5);
  await page.keyboard.press("F6");
  await expect(drydock.editor.getByRole("group", { name: /^Dockerfile/ })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const outcome = drydock.editor.getByRole("status");
  await expect(outcome).toHaveText("Builds as soon as the machine runs");
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  release();
  await expect(outcome).toContainText(/^Built big in /, { timeout: 120_000 });
  expect(drydock.complaints).toEqual([]);
});

test("what is large is asked for before the prompt, each once, and the editor after it", async ({ page }) => {
  const asked: string[] = [];
  page.context().on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto("./");
  await expect(page.locator(".xterm-rows")).toContainText("# ");
  const before = [...asked];
  const count = (name: RegExp) => before.filter((path) => name.test(path)).length;
  for (const large of [/\/v86-.*\.wasm$/, /\/browser-parts-/, /\/state-/]) expect(count(large)).toBe(1);
  expect(count(/monaco|editor/)).toBe(0);
  await expect(page.locator(".view-lines")).toContainText("FROM busybox");
  expect(asked.some((path) => path.includes("monaco"))).toBe(true);
});

test("nothing jumps while the page loads", async ({ page }) => {
  await page.addInitScript(() => {
    const sum = { shift: 0 };
    Object.assign(window, { layoutShift: sum });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const drydock = new DrydockPage(page);
  await drydock.open();
  await expect(drydock.editor.locator(".view-lines")).toContainText("FROM busybox");
  const { shift } = await page.evaluate(() => (window as unknown as { layoutShift: { shift: number } }).layoutShift);
  expect(shift).toBeLessThan(0.01);
});

test("the theme follows the system until it is chosen, and the choice stays", async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("./");
  const light = await background();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.getByRole("button", { name: /^Theme: system/ }).click();
  await expect.poll(background).toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: /^Theme: light/ })).toBeVisible();
  expect(await background()).toBe(light);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("one room at a time, by the bar at the bottom; the project comes first", async ({ page }, info) => {
    const drydock = new DrydockPage(page);
    await page.goto("./");
    await expect(drydock.editor).toContainText("FROM busybox");
    const rooms = page.getByRole("tablist", { name: "Panels" });
    await rooms.getByRole("tab", { name: "Terminal" }).click();
    await expect(drydock.terminal).toContainText("# ");
    for (const [tab, room] of [
      ["Files", "Files"],
      ["Layers", "Views"],
      ["Steps", "Views"],
      ["Resources", "Views"],
      ["Terminal", "Terminal"],
    ] as const) {
      await rooms.getByRole("tab", { name: tab }).click();
      await expect(page.getByRole("region", { name: room })).toBeVisible();
      await page.screenshot({ path: info.outputPath(`${tab}.png`) });
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBe(0);
    expect(await drydock.shell("stty size | cut -d' ' -f2")).not.toBe("80");
  });
});

import { expect, test } from "@playwright/test";
import { DrydockPage } from "./pages/drydock-page.js";

test("files are the same in the editor and in the guest", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  const text = drydock.editor.locator(".view-lines");
  await expect(text).toContainText("FROM busybox");

  await test.step("an edit reaches the guest by itself", async () => {
    await text.click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("# edited\n");
    await expect.poll(() => drydock.shell("head -1 Dockerfile")).toBe("# edited");
  });

  await test.step("the guest's change appears in the editor", async () => {
    await drydock.shell("echo '# from the guest' >> Dockerfile");
    await expect(text).toContainText("# from the guest");
    await drydock.shell("echo new > notes.md");
    await expect(drydock.editor.getByRole("tab", { name: "notes.md" })).toBeVisible();
  });

  await test.step("a binary is named, not shown as text", async () => {
    await drydock.editor.getByRole("tab", { name: "hello" }).click();
    await expect(drydock.editor).toContainText("ELF 32-bit executable, Intel 80386");
  });

  expect(drydock.complaints).toEqual([]);
});

test("keys lead out of the terminal and the editor", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  await page.locator(".xterm-host").click();
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest(".panel")?.getAttribute("aria-label") ?? "nothing");
  await expect.poll(focused).toBe("Terminal");
  await page.keyboard.press("F6");
  await expect.poll(focused).toBe("Views");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Layers" }).first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("F6");
  await expect.poll(focused).toBe("Files");
  await page.keyboard.press("Shift+F6");
  await expect.poll(focused).toBe("Views");
});

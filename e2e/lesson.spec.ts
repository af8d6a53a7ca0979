import { expect, test } from "@playwright/test";
import { DrydockPage } from "./pages/drydock-page.js";

test("a lesson: a command runs on a click, a check says why it fails, and then that it passes", async ({
  page,
}, info) => {
  const drydock = new DrydockPage(page);
  await drydock.open("./?lesson=what-an-image-is");
  const lesson = page.getByRole("region", { name: "Lesson" });
  await expect(lesson.getByRole("heading", { name: "What an image is" })).toBeVisible();

  await lesson.getByRole("button", { name: "Next" }).click();
  await expect(lesson.getByRole("group", { name: "Fetch an image" })).toBeFocused();
  await lesson.getByRole("button", { name: "Check" }).click();
  await expect(lesson.getByRole("status")).toHaveText(
    "There is no image named busybox here yet: docker pull busybox fetches it.",
  );

  await lesson.getByRole("button", { name: "Run docker pull busybox" }).click();
  await expect(drydock.terminal).toContainText("Status: Downloaded newer image for busybox:latest");
  await page.screenshot({ path: info.outputPath("lesson.png") });
  await lesson.getByRole("button", { name: "Check" }).press("Enter");
  await expect(lesson.getByRole("status")).toHaveText("Done. That is as it should be.");
  await expect(lesson.getByRole("button", { name: "2: Fetch an image, done" })).toHaveAttribute("aria-current", "step");

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(lesson.getByRole("button", { name: "Next" })).toBeInViewport({ ratio: 1 });
  await page.screenshot({ path: info.outputPath("phone.png") });
  await lesson.getByRole("button", { name: "Hide" }).click();
  await expect(lesson.getByRole("button", { name: "Next" })).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.emulateMedia({ colorScheme: "dark" });
  await lesson.getByRole("button", { name: "Show" }).click();
  await page.screenshot({ path: info.outputPath("phone-dark.png") });
  expect(drydock.complaints).toEqual([]);
});

test("a lesson that is not there is told, and the machine can be used", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open("./?lesson=none");
  await expect(page.getByText("There is no lesson named none here.")).toBeVisible();
});

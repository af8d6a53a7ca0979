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

const HOSTILE = `<script>document.title = "taken"</script>
<img src=x onerror="document.title = 'taken'"> [a link](javascript:document.title='taken')

![a picture](picture.svg)

>>Who may write HTML here?<<
(*) nobody
( ) everybody
`;

test("a lesson's HTML is not the page's, and its questions can be answered", async ({ page }) => {
  const step = { text: "one.md", verify: "verify.sh", foreground: "begin.sh" };
  const details = { steps: [step], assets: { host01: [{ file: "tool.sh", target: "/opt", chmod: "+x" }] } };
  const files: Record<string, string> = {
    "index.json": JSON.stringify({ title: "<b>Guest</b>", details }),
    "one.md": HOSTILE,
    "picture.svg":
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>',
    "verify.sh": 'echo "<i>not</i> $(/opt/tool.sh) $(cat /tmp/begun)"; exit 1',
    "begin.sh": "echo begun > /tmp/begun",
    "assets/tool.sh": "#!/bin/sh\necho tool",
  };
  await page.route("**/lessons/guest/**", (route) => {
    const path = route.request().url().split("/lessons/guest/")[1] ?? "";
    const body = files[path];
    const contentType = path.endsWith(".svg") ? "image/svg+xml" : "text/plain";
    return route.fulfill(body === undefined ? { status: 404 } : { body, contentType });
  });
  const drydock = new DrydockPage(page);
  await drydock.open("./?lesson=guest");
  const lesson = page.getByRole("region", { name: "Lesson" });
  await expect(lesson.getByRole("heading", { name: "<b>Guest</b>" })).toBeVisible();
  await expect(lesson.getByRole("link")).toHaveCount(0);
  const picture = lesson.getByRole("img", { name: "a picture" });
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(40);

  await lesson.getByRole("radio", { name: "everybody" }).check();
  await lesson.getByRole("button", { name: "Answer" }).click();
  await expect(lesson.getByText("Not so. Try again.")).toBeVisible();
  await lesson.getByRole("radio", { name: "nobody" }).check();
  await lesson.getByRole("button", { name: "Answer" }).press("Enter");
  await expect(lesson.getByText("Right.")).toBeVisible();

  await expect(async () => {
    await lesson.getByRole("button", { name: "Check" }).click();
    await expect(lesson.getByText("<i>not</i> tool begun")).toBeVisible({ timeout: 5000 });
  }).toPass();
  expect(await page.title()).toBe("Drydock");
  expect(drydock.complaints).toEqual([]);
});

import { expect, test } from "@playwright/test";
import { DrydockPage } from "./pages/drydock-page.js";

test("the Hull shows what docker inspect, history and the kernel say", async ({ page }, info) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  const { hull } = drydock;
  await expect(hull.getByText("Nothing has happened yet")).toBeVisible();

  await test.step("a build: its layers on the shelf, and what they teach", async () => {
    await drydock.build();
    await expect(hull.getByText(/^Deleting \/BigFile wrote a whiteout of 0 bytes/)).toBeVisible();
    const history = await drydock.shell("docker history --no-trunc --human=false --format '{{.Size}}' big");
    const sizes = history.split("\n").map(Number);
    const shelf = hull.getByRole("region", { name: "Shelf of layers" });
    const shown = shelf.getByRole("listitem").locator("> .number");
    // The CMD made no layer.
    await expect(shown).toHaveCount(sizes.length - 1);
    const bytes = await shown.evaluateAll((cells) => cells.map((cell) => cell.getAttribute("title")));
    const numbers = bytes.map((title) => Number(title?.replaceAll(/\D/g, ""))).sort((a, b) => a - b);
    expect(numbers).toEqual(sizes.slice(1).sort((a, b) => a - b));
  });

  await test.step("a container: its process, its walls, its limits", async () => {
    await drydock.shell("docker run -d --name web -m 64m --pids-limit 9 busybox sleep 1d");
    const web = hull.getByRole("article", { name: "Container web" });
    const pid = await drydock.shell("docker inspect -f '{{.State.Pid}}' web");
    await expect(web.getByText(`process 1 inside, ${pid} in the guest`)).toBeVisible();
    await expect(web.getByText("64 MiB")).toBeVisible();
    await expect(web.getByText("1 of 9")).toBeVisible();
    const walls = { mnt: "mnt", pid: "pid", net: "net", uts: "uts", ipc: "ipc", cgroup: "cgroup", user: "user" };
    for (const namespace of Object.values(walls)) {
      const shared = await drydock.shell(
        `test $(readlink /proc/${pid}/ns/${namespace}) = $(readlink /proc/1/ns/${namespace}) && echo shared || echo own`,
      );
      const word = shared === "own" ? "its own" : "the guest's";
      await expect(web.getByRole("listitem").filter({ hasText: `${namespace}: ${word}` })).toHaveCount(1);
    }
    await page.screenshot({ path: info.outputPath("hull.png") });
  });

  await test.step("what it writes is in its own layer", async () => {
    await drydock.shell("docker exec web dd if=/dev/zero of=/file bs=1000 count=50 2>/dev/null");
    const size = await drydock.shell("docker inspect -s -f '{{.SizeRw}}' web");
    const own = hull.getByRole("article", { name: "Container web" }).locator(".upper");
    await expect(own).toHaveAttribute("title", `${Number(size).toLocaleString("en-US")} bytes`);
  });

  await test.step("it ends", async () => {
    await drydock.shell("docker rm -f web");
    await expect(hull.getByRole("article", { name: "Container web" })).toHaveCount(0);
  });
  expect(drydock.complaints).toEqual([]);
});

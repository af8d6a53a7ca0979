import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { DrydockPage } from "./pages/drydock-page.js";

/** Another origin that lets everyone in, and writes down who came. The page's own server sends no policy header. */
let other: Server;
let address: string;
const visits: string[] = [];

test.beforeAll(async () => {
  other = createServer((request, response) => {
    visits.push(`${request.method} ${request.url}`);
    const type = request.url === "/stream" ? "text/event-stream" : "text/javascript";
    response.writeHead(200, { "Access-Control-Allow-Origin": "*", "Content-Type": type }).end("");
  });
  other.on("upgrade", (request, socket) => {
    visits.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
  address = `http://localhost:${(other.address() as AddressInfo).port}`;
  expect((await fetch(address)).status).toBe(200);
  visits.length = 0;
});
test.afterAll(() => other.close());

test("the policy holds in both workers: nothing leaves for another origin", async ({ page }) => {
  const drydock = new DrydockPage(page);
  await drydock.open();
  await expect(drydock.editor.locator(".view-lines")).toContainText("FROM busybox");
  await expect.poll(() => page.workers().length).toBeGreaterThanOrEqual(2);
  for (const worker of page.workers()) {
    const tried = await worker.evaluate(async (address) => {
      const violations: string[] = [];
      self.addEventListener("securitypolicyviolation", (event) => {
        violations.push((event as SecurityPolicyViolationEvent).effectiveDirective);
      });
      const silence = () => new Promise((resolve) => setTimeout(resolve, 5000, "nothing happened"));
      const outcome = async (work: () => Promise<unknown>) => {
        try {
          return await Promise.race([work(), silence()]);
        } catch (error) {
          return (error as Error).name;
        }
      };
      const opened = (target: WebSocket | EventSource) =>
        new Promise((resolve) => {
          target.onopen = () => resolve("opened");
          target.onerror = () => resolve("failed");
        });
      const outcomes = {
        own: await outcome(async () => (await fetch(new URL("/index.html", self.origin))).status),
        fetch: await outcome(() => fetch(`${address}/fetch`)),
        post: await outcome(() =>
          fetch(`${address}/post`, { method: "POST", body: "x", mode: "no-cors", keepalive: true }),
        ),
        xhr: await outcome(
          () =>
            new Promise((resolve) => {
              const request = new XMLHttpRequest();
              request.onload = () => resolve("loaded");
              request.onerror = () => resolve("failed");
              request.open("GET", `${address}/xhr`);
              request.send();
            }),
        ),
        socket: await outcome(async () => opened(new WebSocket(`${address.replace("http", "ws")}/socket`))),
        stream: await outcome(async () => opened(new EventSource(`${address}/stream`))),
        module: await outcome(() => import(`${address}/module.js`)),
        worker: await outcome(
          () =>
            new Promise((resolve) => {
              const line = `import ${JSON.stringify(`${address}/nested.js`)};`;
              const nested = new Worker(URL.createObjectURL(new Blob([line], { type: "text/javascript" })), {
                type: "module",
              });
              nested.onerror = () => resolve("failed");
              nested.onmessage = () => resolve("ran");
            }),
        ),
      };
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { outcomes, violations: [...new Set(violations)].sort() };
    }, address);
    expect(tried.outcomes).toEqual({
      own: 200,
      fetch: "TypeError",
      post: "TypeError",
      xhr: "failed",
      socket: expect.stringMatching(/failed|SecurityError/),
      stream: expect.stringMatching(/failed|SecurityError/),
      module: "TypeError",
      worker: "failed",
    });
    expect(tried.violations).toContain("connect-src");
  }
  expect(visits).toEqual([]);
});

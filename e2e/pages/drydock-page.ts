import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";

/** The page as its user sees it. */
export class DrydockPage {
  readonly header: Locator;
  readonly terminal: Locator;
  readonly editor: Locator;
  readonly hull: Locator;
  readonly layers: Locator;
  readonly steps: Locator;
  readonly resources: Locator;
  /** What the browser's console said that it should not. */
  readonly complaints: string[] = [];

  constructor(readonly page: Page) {
    this.header = page.locator("drydock-header");
    this.terminal = page.locator(".xterm-rows");
    this.editor = page.getByRole("region", { name: "Files" });
    this.hull = page.getByRole("tabpanel", { name: "Hull" });
    this.layers = page.getByRole("tabpanel", { name: "Layers" });
    this.steps = page.getByRole("tabpanel", { name: "Steps" });
    this.resources = page.getByRole("tabpanel", { name: "Resources" });
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
  }

  async open(address = "./"): Promise<void> {
    await this.page.goto(address);
    await expect(this.header.getByText("Running", { exact: true })).toBeVisible();
    await expect(this.terminal).toContainText("# ");
  }

  /** Types a line into the guest's shell and waits until it has ended. @returns what it printed. */
  async shell(line: string): Promise<string> {
    const mark = `end-${Math.random().toString(36).slice(2, 10)}`;
    await this.page.locator(".xterm-host").click();
    // Joined in the shell only, so that the echo of the line is not taken for its end.
    await this.page.keyboard.type(`clear; ${line}; echo "${mark.slice(0, 4)}""${mark.slice(4)}"\n`);
    await expect(this.terminal).toContainText(mark);
    const rows = await this.terminal.locator("> div").allTextContents();
    const lines = rows.map((text) => text.replaceAll("\u00a0", " ").trimEnd());
    return lines.slice(0, lines.indexOf(mark)).join("\n").trim();
  }

  async view(name: "Hull" | "Layers" | "Steps" | "Resources"): Promise<void> {
    await this.page.getByRole("tab", { name, exact: false }).first().click();
  }

  /** Waits for the Build button's build to end. @returns its outcome as told. */
  async build(): Promise<string> {
    await this.page.getByRole("button", { name: "Build", exact: true }).click();
    const outcome = this.editor.getByRole("status");
    await expect(outcome).toContainText(/^(Built|Failed|Cancelled)/, { timeout: 120_000 });
    return (await outcome.textContent()) ?? "";
  }
}

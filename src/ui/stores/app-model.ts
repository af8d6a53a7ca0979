/** Everything the page shows of one session. A restarted machine gets a new model. */
import type { Session } from "../../session/client.js";
import type { SpanForest } from "../steps/span-forest.js";
import { BuildStore } from "./build-store.js";
import { HullStore } from "./hull-store.js";
import { ImagesStore } from "./images-store.js";
import { type LoadState, loadStore } from "./load-store.js";
import { MessagesStore } from "./messages-store.js";
import { Store } from "./store.js";
import { TerminalFeed } from "./terminal-feed.js";
import { traceStore } from "./trace-store.js";
import { UsageStore } from "./usage-store.js";
import { WorkspaceStore } from "./workspace-store.js";

/** What the page opens with. */
export interface ProjectInfo {
  title: string;
  /** The Build button's `-t`; empty until it is known. */
  tag: string;
}

/** Where the guest, and so every command of the page, finds the workspace. */
export const WORKSPACE_DIRECTORY = "/root/work";

export class AppModel {
  readonly load: Store<LoadState>;
  readonly messages: MessagesStore;
  readonly trace: Store<{ forest: SpanForest }>;
  readonly images: ImagesStore;
  readonly hull: HullStore;
  readonly usage: UsageStore;
  readonly build: BuildStore;
  readonly workspace: WorkspaceStore;
  readonly terminal: TerminalFeed;
  readonly project = new Store<ProjectInfo>({ title: "", tag: "" });

  constructor(
    readonly session: Session,
    readonly restart: () => void,
  ) {
    this.load = loadStore(session);
    this.messages = new MessagesStore(session);
    this.trace = traceStore(session);
    this.images = new ImagesStore(session);
    this.hull = new HullStore(session);
    this.usage = new UsageStore(session);
    this.build = new BuildStore(session);
    this.workspace = new WorkspaceStore(session);
    this.terminal = new TerminalFeed(session);
  }

  /** Writes what was edited, then builds it. */
  async startBuild(): Promise<void> {
    await this.workspace.flush();
    await this.build.build(this.project.value.tag, WORKSPACE_DIRECTORY);
  }

  dispose(): void {
    this.workspace.dispose();
    this.usage.dispose();
    this.hull.dispose();
    this.session.dispose();
  }
}

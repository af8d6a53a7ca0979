import { Emitter } from "../../shared/disposable.js";
import type { ContainerConfigJSON, HostConfigJSON } from "../api/types.js";
import type { Image } from "../images/image-store.js";
import type { Layer } from "../layers/layer-store.js";
import type { Membership } from "../networks/network.js";
import type { Publication } from "../networks/port-claims.js";
import type { Span } from "../trace/span.js";
import { ContainerLog } from "./container-log.js";
import type { LayeredTree } from "./layered-tree.js";
import { logLimitBytes } from "./log-options.js";
import type { PlannedMount } from "./mount-points.js";
import { ProcessIO } from "./process-io.js";
import type { Sandbox } from "./sandbox.js";
import { type Health, initialState } from "./status.js";
import type { User } from "./user.js";

export interface ContainerParts {
  id: string;
  name: string;
  createdAt: number;
  image: Image;
  layers: readonly Layer[];
  tree: LayeredTree;
  config: ContainerConfigJSON;
  host: HostConfigJSON;
  mounts: readonly PlannedMount[];
  memberships: Membership[];
  initLayer: string | undefined;
  sandbox: Sandbox;
  span: Span;
}

/** One container, from its creation until it is removed. */
export class Container {
  readonly id: string;
  /** Without a slash. */
  name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly image: Image;
  /** The image's, lowest first. */
  readonly layers: readonly Layer[];
  readonly tree: LayeredTree;
  readonly config: ContainerConfigJSON;
  readonly host: HostConfigJSON;
  readonly mounts: readonly PlannedMount[];
  /** Networks that it is in; the one that its mode names comes first. */
  readonly memberships: Membership[];
  readonly initLayer: string | undefined;
  readonly sandbox: Sandbox;
  readonly log: ContainerLog;
  readonly state = initialState();
  readonly execs = new Set<string>();
  readonly onExit = new Emitter<number>();
  readonly onRemoved = new Emitter<number>();
  /** Ports of the guest that lead to it while it runs. */
  publications: readonly Publication[] = [];
  /** Who the first process is, known from the first start on. */
  user: User | undefined;
  /** Known from the first start on, where there is a check. */
  health: Health | undefined;
  /** Of the current run, or the one to come. */
  io = new ProcessIO();
  /** Span of the current run, or the one to come. */
  span: Span;
  /** What has to be waited for before the next start or removal. */
  settled: Promise<void> = Promise.resolve();
  /** A start that is under way. */
  starting: Promise<unknown> | undefined;
  removed = false;

  constructor(parts: ContainerParts) {
    this.id = parts.id;
    this.name = parts.name;
    this.createdAt = parts.createdAt;
    this.image = parts.image;
    this.layers = parts.layers;
    this.tree = parts.tree;
    this.config = parts.config;
    this.host = parts.host;
    this.mounts = parts.mounts;
    this.memberships = parts.memberships;
    this.initLayer = parts.initLayer;
    this.sandbox = parts.sandbox;
    this.log = new ContainerLog(logLimitBytes(parts.host.LogConfig));
    this.span = parts.span;
  }
}

/** What a stage has come to: layers, configuration, history, variables. */

import { type GlobalArgs, StageVariables } from "../../shared/dockerfile/variables.js";
import type { ContainerConfig, HistoryEntry, ImageConfig } from "../../shared/oci/image.js";
import { rfc3339 } from "../clock.js";
import { DEFAULT_PATH } from "../containers/default-spec.js";
import { LayeredTree } from "../containers/layered-tree.js";
import type { Layer } from "../layers/layer-store.js";
import { datedHistory } from "./dated-history.js";
import { HISTORY_COMMENT } from "./history-text.js";

export interface StageBase {
  config: ContainerConfig;
  layers: readonly Layer[];
  history: readonly HistoryEntry[];
  author?: string;
  /** Of a stage that another is built on. */
  variables?: StageVariables;
}

export const SCRATCH: StageBase = { config: {}, layers: [], history: [] };

export class StageState {
  readonly config: ContainerConfig;
  readonly layers: Layer[];
  readonly history: HistoryEntry[];
  readonly variables: StageVariables;
  author: string | undefined;
  /** A CMD of this stage; ENTRYPOINT puts away one that was inherited. */
  hasOwnCommand = false;
  #tree: LayeredTree | undefined;

  constructor(base: StageBase, globals: GlobalArgs) {
    this.config = structuredClone(base.config);
    this.config.OnBuild = undefined;
    this.config.WorkingDir ||= "/";
    if (!this.config.Env?.some((entry) => entry.startsWith("PATH=")))
      this.config.Env = [...(this.config.Env ?? []), `PATH=${DEFAULT_PATH}`];
    this.layers = [...base.layers];
    this.history = [...base.history];
    this.author = base.author;
    this.variables = new StageVariables(globals, this.config.Env, base.variables);
  }

  get tree(): LayeredTree {
    this.#tree ??= new LayeredTree(this.layers.map((layer) => layer.tree));
    return this.#tree;
  }

  get shell(): string[] {
    return this.config.Shell ?? ["/bin/sh", "-c"];
  }

  addLayer(layer: Layer, createdBy: string, createdAt: number): void {
    this.layers.push(layer);
    this.#tree = undefined;
    this.history.push({ created: rfc3339(createdAt), created_by: createdBy, comment: HISTORY_COMMENT });
  }

  /** An instruction that made no layer. */
  note(createdBy: string): void {
    this.history.push({ created_by: createdBy, comment: HISTORY_COMMENT, empty_layer: true });
  }

  /** Base for a stage that begins here. */
  asBase(): StageBase {
    const { config, layers, history, author, variables } = this;
    return { config, layers, history, author, variables };
  }

  /** @param now RFC 3339, for an image without any dated layer. */
  imageConfig(labels: Readonly<Record<string, string>>, now: string): ImageConfig {
    const history = datedHistory(this.history);
    const created = history.findLast((entry) => entry.created !== undefined)?.created ?? now;
    const config: ContainerConfig = { ...this.config };
    if (Object.keys(labels).length > 0) config.Labels = { ...config.Labels, ...labels };
    return {
      architecture: "386",
      config,
      created,
      ...(this.author && { author: this.author }),
      history: history.map((entry) => ({ created, ...entry })),
      os: "linux",
      rootfs: { type: "layers", diff_ids: this.layers.map(({ diffID }) => diffID) },
    };
  }
}

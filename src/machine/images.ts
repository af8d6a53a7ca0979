/** What `drydock image` writes beside the saved state, as `vm.json`. */
export interface VMImageManifest {
  /** Hash of everything that made it. */
  recipe: string;
  /** v86 version whose states these are. */
  v86: string;
  memoryBytes: number;
  protocol: number;
  state: { file: string; bytes: number; rawBytes: number; sha256: string };
  kernel: string;
}

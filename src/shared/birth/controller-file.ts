/** A file of a cgroup directory, and what is written to it. */
export type ControllerFile = readonly [name: string, value: string];

/** Management commands that Docker has and that are no part of this engine, each with the reason. */

export interface RefusedGroup {
  summary: string;
  /** What its help page says instead of the summary. */
  description?: string;
  /** To follow `docker swarm init is not supported by Drydock: `. */
  reason: string;
  /** Its commands with their summaries. */
  commands: Readonly<Record<string, string>>;
}

const ONE_MACHINE = "a swarm is of several machines, and this is one";

export const REFUSED_GROUPS = {
  checkpoint: {
    summary: "Manage checkpoints",
    reason: "the machine cannot make checkpoints of processes",
    commands: {
      create: "Create a checkpoint from a running container",
      ls: "List checkpoints for a container",
      rm: "Remove a checkpoint",
    },
  },
  manifest: {
    summary: "Manage Docker image manifests and manifest lists",
    reason: "an image here has one manifest, for linux/386",
    commands: {
      annotate: "Add additional information to a local image manifest",
      create: "Create a local manifest list for annotating and pushing to a registry",
      inspect: "Display an image manifest, or manifest list",
      push: "Push a manifest list to a repository",
      rm: "Delete one or more manifest lists from local storage",
    },
  },
  plugin: {
    summary: "Manage plugins",
    reason: "the engine takes no plugins",
    commands: {
      create:
        "Create a plugin from a rootfs and configuration. Plugin data directory must contain config.json and rootfs directory.",
      disable: "Disable a plugin",
      enable: "Enable a plugin",
      inspect: "Display detailed information on one or more plugins",
      install: "Install a plugin",
      ls: "List plugins",
      push: "Push a plugin to a registry",
      rm: "Remove one or more plugins",
      set: "Change settings for a plugin",
      upgrade: "Upgrade an existing plugin",
    },
  },
  trust: {
    summary: "Manage trust on Docker images",
    reason: "there are no signed images here",
    commands: {
      key: "Manage keys for signing Docker images",
      signer: "Manage entities who can sign Docker images",
      inspect: "Return low-level information about keys and signatures",
      revoke: "Remove trust for an image",
      sign: "Sign an image",
    },
  },
} satisfies Record<string, RefusedGroup>;

export const REFUSED_SWARM_GROUPS = {
  config: {
    summary: "Manage Swarm configs",
    reason: ONE_MACHINE,
    commands: {
      create: "Create a config from a file or STDIN",
      inspect: "Display detailed information on one or more configs",
      ls: "List configs",
      rm: "Remove one or more configs",
    },
  },
  node: {
    summary: "Manage Swarm nodes",
    reason: ONE_MACHINE,
    commands: {
      demote: "Demote one or more nodes from manager in the swarm",
      inspect: "Display detailed information on one or more nodes",
      ls: "List nodes in the swarm",
      promote: "Promote one or more nodes to manager in the swarm",
      ps: "List tasks running on one or more nodes, defaults to current node",
      rm: "Remove one or more nodes from the swarm",
      update: "Update a node",
    },
  },
  secret: {
    summary: "Manage Swarm secrets",
    reason: ONE_MACHINE,
    commands: {
      create: "Create a secret from a file or STDIN as content",
      inspect: "Display detailed information on one or more secrets",
      ls: "List secrets",
      rm: "Remove one or more secrets",
    },
  },
  service: {
    summary: "Manage Swarm services",
    reason: ONE_MACHINE,
    commands: {
      create: "Create a new service",
      inspect: "Display detailed information on one or more services",
      logs: "Fetch the logs of a service or task",
      ls: "List services",
      ps: "List the tasks of one or more services",
      rm: "Remove one or more services",
      rollback: "Revert changes to a service's configuration",
      scale: "Scale one or multiple replicated services",
      update: "Update a service",
    },
  },
  stack: {
    summary: "Manage Swarm stacks",
    reason: ONE_MACHINE,
    commands: {
      config: "Outputs the final config file, after doing merges and interpolations",
      deploy: "Deploy a new stack or update an existing stack",
      ls: "List stacks",
      ps: "List the tasks in the stack",
      rm: "Remove one or more stacks",
      services: "List the services in the stack",
    },
  },
  swarm: {
    summary: "Manage Swarm",
    reason: ONE_MACHINE,
    commands: {
      ca: "Display and rotate the root CA",
      init: "Initialize a swarm",
      join: "Join a swarm as a node and/or manager",
      "join-token": "Manage join tokens",
      leave: "Leave the swarm",
      unlock: "Unlock swarm",
      "unlock-key": "Manage the unlock key",
      update: "Update the swarm",
    },
  },
} satisfies Record<string, RefusedGroup>;

/** Commands of Docker's that its client has from plugins; no help page names them here. */
export const REFUSED_PLUGINS: Readonly<Record<string, string>> = {
  buildx: "docker build is the one builder here",
  compose: "applications of several containers are started one by one yet",
  debug: "docker exec is the way into a container here",
  init: "there are no templates for new projects",
  scout: "there is no service that knows images' weaknesses",
};

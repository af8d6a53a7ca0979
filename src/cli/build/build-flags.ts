/** The flags of `docker build`: those of its help page, and those of BuildKit that the page does not show. */
import { FlagError } from "../errors.js";
import { flagTable, hiddenFlags } from "../flag-table.js";
import { checkLabel } from "../flag-values.js";
import type { Flag } from "../flags.js";
import { because, NO_CONTENT_TRUST, ONE_PLATFORM, type Refusals } from "../refusals.js";

export const buildFlags: readonly Flag[] = [
  ...flagTable(
    `
          --add-host list           Add a custom host-to-IP mapping ("host:ip")
          --build-arg list          Set build-time variables
          --cache-from strings      Images to consider as cache sources
          --cgroup-parent string    Set the parent cgroup for the "RUN" instructions during build
          --compress                Compress the build context using gzip
          --cpu-period int          Limit the CPU CFS (Completely Fair Scheduler) period
          --cpu-quota int           Limit the CPU CFS (Completely Fair Scheduler) quota
      -c, --cpu-shares int          CPU shares (relative weight)
          --cpuset-cpus string      CPUs in which to allow execution (0-3, 0,1)
          --cpuset-mems string      MEMs in which to allow execution (0-3, 0,1)
          --disable-content-trust   Skip image verification (default true)
      -f, --file string             Name of the Dockerfile (Default is "PATH/Dockerfile")
          --force-rm                Always remove intermediate containers
          --iidfile string          Write the image ID to the file
          --isolation string        Container isolation technology
          --label list              Set metadata for an image
      -m, --memory bytes            Memory limit
          --memory-swap bytes       Swap limit equal to memory plus swap: -1 to enable unlimited swap
          --network string          Set the networking mode for the RUN instructions during build (default "default")
          --no-cache                Do not use cache when building the image
          --platform string         Set platform if server is multi-platform capable
          --pull                    Always attempt to pull a newer version of the image
      -q, --quiet                   Suppress the build output and print image ID on success
          --rm                      Remove intermediate containers after a successful build (default true)
          --security-opt strings    Security options
          --shm-size bytes          Size of "/dev/shm"
          --squash                  Squash newly built layers into a single new layer
      -t, --tag list                Name and optionally a tag in the "name:tag" format
          --target string           Set the target build stage to build.
          --ulimit ulimit           Ulimit options (default [])
    `,
    { label: checkLabel, network: checkNetwork },
  ),
  { ...hiddenFlags("--progress string")[0]!, check: checkProgress },
  ...hiddenFlags(`
        --allow strings
        --annotation list
        --attest list
        --build-context list
        --builder string
        --cache-to list
      --call string
      --check
        --load
        --metadata-file string
        --no-cache-filter list
    -o, --output list
        --provenance string
        --push
        --sbom string
        --secret list
        --ssh list
  `),
];

function checkProgress(value: string): void {
  if (!["auto", "plain", "tty", "quiet"].includes(value)) throw new FlagError(`invalid progress type: ${value}`);
}

function checkNetwork(value: string): void {
  if (!["default", "none"].includes(value))
    throw new FlagError(`network mode ${JSON.stringify(value)} is not supported`);
}

/** `--rm` and `--force-rm` need no refusal: a build leaves no containers behind. */
export const BUILD_REFUSALS: Refusals = {
  ...NO_CONTENT_TRUST,
  ...ONE_PLATFORM,
  ...because("the hosts of a build cannot be added to yet", "add-host"),
  ...because("a build is sandboxed always", "allow security-opt"),
  ...because("images are stored without annotations and attestations", "annotation attest provenance sbom"),
  ...because("a build has one context and the engine's own builder", "build-context builder"),
  ...because("the build cache is the engine's own", "cache-from cache-to"),
  ...because("a build's cgroups are the engine's own", "cgroup-parent"),
  ...because("the context does not leave the page", "compress"),
  ...because(
    "a build has no limits of its own",
    "cpu-period cpu-quota cpu-shares cpuset-cpus cpuset-mems memory memory-swap shm-size ulimit",
  ),
  ...because("it is for containers on Windows", "isolation"),
  ...because("a build goes to the engine's images, and nowhere else yet", "output push"),
  ...because("the machine has no SSH agent", "ssh"),
  ...because("layers are kept as they were built", "squash"),
};

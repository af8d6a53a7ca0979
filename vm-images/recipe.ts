/**
 * What goes into the VM image: packages, kernel modules, command line, sizes. Whatever changes here changes the
 * recipe's hash, and so makes a new image.
 */
export interface PackageRecipe {
  name: string;
  /** SPDX expression of the parts we ship; the package's own copyright file is shipped beside them. */
  licence: string;
  /** What of it is used. */
  use: string;
}

/** Debian suites whose packages are used; the later ones may be unreadable for a while. */
export const SUITES = ["bookworm", "bookworm-updates", "bookworm-security"];

/** Depends on the kernel package of the day, such as linux-image-6.1.0-50-686. */
export const KERNEL_METAPACKAGE = "linux-image-686";

export const KERNEL: Omit<PackageRecipe, "name"> = { licence: "GPL-2.0-only", use: "kernel and modules" };

export const PACKAGES: readonly PackageRecipe[] = [
  { name: "busybox-static", licence: "GPL-2.0-only", use: "the guest's commands; the base image" },
  { name: "bash-static", licence: "GPL-3.0-or-later", use: "the guest's shell" },
  { name: "ncurses-base", licence: "X11", use: "descriptions of terminals" },
  { name: "seabios", licence: "LGPL-3.0-only", use: "BIOS that starts the kernel" },
];

/** Loaded at boot, with what they need; nothing is loaded later. */
export const MODULES = [
  "virtio_pci",
  "virtio_console",
  "9p",
  "9pnet_virtio",
  "overlay",
  "crc32c_generic",
  "ext4",
  "ata_piix",
  "sd_mod",
  "bridge",
  "veth",
];

/** Descriptions of terminals in the guest. */
export const TERMINALS = ["d/dumb", "l/linux", "s/screen-256color", "v/vt100", "x/xterm", "x/xterm-256color"];

export const MEMORY_BYTES = 512 << 20;

/**
 * Only what is written takes memory of the page, and what is removed is given back. These are the quotas: together with
 * the guest's memory and the page's files (a quarter and one gigabyte) they are what a tab may come to hold, and a
 * renderer process of Chromium is not sure to get more than 4 GB. A swap of 1 GB is what `--memory-swap 1g` asks for.
 */
export const DISK_BYTES = 2 * 2 ** 30;
export const SWAP_BYTES = 2 ** 30;

/**
 * For a small state: `init_on_free` and cleared caches make free memory zeros, which are not stored (init_on_alloc
 * would clear a second time); the trace file system would hold 12,000 inodes, 7 MB, for its event files.
 * For speed: no clock watchdog, mitigations or hardening against a guest that is alone in its tab, no huge pages
 * (4 MB here, all of it to be cleared on a first touch), no security modules but capabilities.
 * For the page: panics are told on ttyS0, and the guest stays as it is then.
 */
export const KERNEL_COMMAND_LINE = [
  "console=ttyS0",
  "rdinit=/init",
  "loglevel=3",
  "init_on_free=on",
  "init_on_alloc=off",
  "initcall_blacklist=tracer_init_tracefs",
  "cryptomgr.notests",
  "nokaslr",
  "tsc=reliable",
  "nowatchdog",
  "mitigations=off",
  "hardened_usercopy=off",
  "randomize_kstack_offset=off",
  "random.trust_cpu=on",
  "audit=0",
  "lsm=capability",
  "transparent_hugepage=madvise",
  "oops=panic",
].join(" ");

/** zstd's level for the saved state. */
export const COMPRESSION_LEVEL = 19;

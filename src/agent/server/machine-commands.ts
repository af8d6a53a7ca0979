import { S_IFDIR, S_IFMT } from "../../shared/linux/constants.js";
import { StreamSink } from "../stdio/stream-sink.js";
import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function machineCommands({ system, streams, guest }: Rooms) {
  return {
    "machine.resume": (params) => guest.resume(params),
    "machine.renewShell": async () => {
      await guest.renewShell();
      return {};
    },
    "machine.quiesce": async () => {
      await guest.quiesce();
      return {};
    },
    "machine.kinds": ({ paths }) => ({ kinds: paths.map((path) => kindOf(system.modeOf(path))) }),
    "machine.ping": () => ({ uptimeMs: system.monotonicMicros() / 1000, epochMs: Date.now() }),
    "machine.setClock": (params) => guest.setClock(params),
    "machine.memory": () => guest.memory(),
    "machine.trim": () => guest.trim(),
    "machine.echo": async ({ from, to }) => {
      const input = streams.input(from);
      const sink = new StreamSink(streams.output(to));
      let bytes = 0;
      for (let chunk = await input.read(); chunk; chunk = await input.read()) {
        bytes += chunk.length;
        await sink.write(chunk);
      }
      await sink.end();
      return { bytes };
    },
  } satisfies Partial<Handlers>;
}

function kindOf(mode: number | null): "file" | "directory" | null {
  if (mode === null) return null;
  return (mode & S_IFMT) === S_IFDIR ? "directory" : "file";
}

import type { Handlers } from "./command-handlers.js";
import type { Rooms } from "./rooms.js";

export function sessionCommands({ sessions, streams }: Rooms) {
  return {
    "session.accept": ({ session, stdout, stderr }) => {
      sessions.get(session).accept(streams.input(stdout), streams.input(stderr));
      return {};
    },
    "session.read": ({ session, stdin, raw = false }) => {
      sessions.get(session).read(streams.output(stdin), raw);
      return {};
    },
    "session.close": async ({ session, exitCode, ...output }) => {
      await sessions.close(session, exitCode, output);
      return {};
    },
  } satisfies Partial<Handlers>;
}

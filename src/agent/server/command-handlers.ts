import type { CommandName, Params, Result } from "../../protocol/commands.js";

export type Handlers = { [C in CommandName]: (params: Params<C>) => Promise<Result<C>> | Result<C> };

/** The engine's handler: routes, errors, and the two requests that open a stream both ways. */
import { archiveRoutes } from "./archive-routes.js";
import { attach, attachRoutes } from "./attach-route.js";
import { buildCacheRoutes } from "./build-cache-routes.js";
import { buildRoutes } from "./build-routes.js";
import { commitRoutes } from "./commit-route.js";
import { containerRoutes } from "./container-routes.js";
import { containerStreamRoutes } from "./container-streams.js";
import { diskUsageRoutes } from "./disk-usage.js";
import { drydockLayerRoutes } from "./drydock-layers.js";
import { eventRoutes } from "./events-route.js";
import { execRoutes, startExec } from "./exec-routes.js";
import type { EngineHandler, Upgraded } from "./handler.js";
import { imageRoutes } from "./image-routes.js";
import { imageTransferRoutes } from "./image-transfer.js";
import { networkRoutes } from "./network-routes.js";
import { errorResponse } from "./respond.js";
import { type Call, Router } from "./router.js";
import type { EngineServices } from "./services.js";
import { SERVER_HEADERS, systemRoutes } from "./system-routes.js";
import { volumeRoutes } from "./volume-routes.js";

const router = new Router([
  ...systemRoutes,
  ...diskUsageRoutes,
  ...eventRoutes,
  ...containerRoutes,
  ...containerStreamRoutes,
  ...archiveRoutes,
  ...commitRoutes,
  ...attachRoutes,
  ...execRoutes,
  ...imageTransferRoutes,
  ...imageRoutes,
  ...volumeRoutes,
  ...networkRoutes,
  ...buildRoutes,
  ...buildCacheRoutes,
  ...drydockLayerRoutes,
]);

const upgrades: Record<string, (call: Call) => Promise<Upgraded>> = {
  "/containers/:id/attach": attach,
  "/exec/:exec/start": startExec,
};

export function createHandler(services: EngineServices): EngineHandler {
  return {
    async fetch(request) {
      const response = await answer(services, request);
      for (const [name, value] of Object.entries(SERVER_HEADERS)) response.headers.set(name, value);
      return response;
    },

    async upgrade(request) {
      try {
        const { route, call } = router.find(request, services);
        const open = upgrades[route.path];
        return open ? await open(call) : await route.handle(call);
      } catch (error) {
        return errorResponse(error);
      }
    },
  };
}

async function answer(services: EngineServices, request: Request): Promise<Response> {
  try {
    const { route, call } = router.find(request, services);
    return await route.handle(call);
  } catch (error) {
    return errorResponse(error);
  }
}

/** Drydock's own resource beside Docker's: what each layer of an image changed, and what is hidden but shipped. */
import { reportLayers } from "../layers/layer-report.js";
import { json } from "./respond.js";
import type { Route } from "./router.js";

export const drydockLayerRoutes: readonly Route[] = [
  {
    /** A list of LayerReport, oldest first. */
    method: "GET",
    path: "/drydock/images/:name*/layers",
    handle({ services, params }) {
      const { config } = services.images.resolve(params.name ?? "");
      return json(reportLayers(config, (diffID) => services.layers.get(diffID)));
    },
  },
];

// The Worker that translates, on Node.js.
import { serveTranslation } from "./machine/translation-service.js";
import { serve } from "./platform/node/worker-port.js";

serve(serveTranslation());
